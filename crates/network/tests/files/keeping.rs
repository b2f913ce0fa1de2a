//! How long files are kept.

use std::path::PathBuf;

use sotto_protocol::files::{FileError, FileId, FileInfo, FileRequest};

use super::{
    Folder, START, ask,
    common::{DAY, small},
    download, sealed, server, upload,
};

#[tokio::test]
async fn files_expire_and_are_renewed() {
    let network = small().start().await.unwrap();
    network.clock().fix(START);
    let expires =
        async |blob: &[u8], ttl| upload(&network, blob, ttl).await.unwrap().expires_ms.unwrap() - START;
    assert_eq!(expires(b"wish", Some(3_600)).await, 3_600_000);
    assert_eq!(expires(b"short", Some(1)).await, 30_000);
    assert_eq!(expires(b"long", Some(u64::MAX)).await, 21 * DAY);
    // The same bytes never expire earlier than before.
    assert_eq!(expires(b"wish", Some(60)).await, 3_600_000);
    assert_eq!(expires(b"wish", Some(7_200)).await, 7_200_000);

    let id = FileId::of(b"wish");
    let extend = async |ttl_s| {
        FileInfo::of_file(&ask(&network, FileRequest::Extend { id: FileId::of(b"wish"), ttl_s }).await)
    };
    assert_eq!(extend(Some(1)).await.unwrap().expires_ms, Some(START + 7_200_000));
    assert_eq!(extend(Some(9_000)).await.unwrap().expires_ms, Some(START + 9_000_000));
    assert_eq!(extend(None).await.unwrap().expires_ms, Some(START + 14 * DAY));
    network.clock().advance(14 * DAY - 1);
    assert!(download(&network, &id).await.is_ok());
    // Gone at its time, also before it is swept.
    network.clock().advance(1);
    assert_eq!(download(&network, &id).await, Err(FileError::NotFound));
    assert_eq!(extend(Some(60)).await, Err(FileError::NotFound));
    assert_eq!(network.files().count().await.unwrap(), 3);
    network.sweep().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert!(download(&network, &FileId::of(b"long")).await.is_ok());

    let mut odd = FileRequest::Extend { id: FileId::of(b"long"), ttl_s: None }.to_v4();
    odd.headers.insert("x-fs-ttl".into(), "soon".into());
    assert_eq!(sealed(&network, &odd.encode()).await.unwrap().code, 400);
    network.shutdown().await;
}

#[tokio::test]
async fn a_restart_loses_nothing_and_cleans_up() {
    let folder = Folder::new("restart");
    let open = || small().data(&folder.0).start();
    let network = open().await.unwrap();
    network.clock().fix(START);
    let (before, url) = (server(&network), network.files().url());
    let kept = upload(&network, b"kept", None).await.unwrap();
    upload(&network, b"short", Some(60)).await.unwrap();
    assert_eq!(folder.blobs().len(), 2);
    network.shutdown().await;

    // What crashes leave behind: half an upload, a file that the index does not know, an entry without its file.
    let shelf = folder.0.join("files/blobs").join(&kept.id.as_ref().unwrap().as_str()[..2]);
    std::fs::write(folder.0.join("files/uploads/0123456789abcdef"), b"half").unwrap();
    std::fs::write(shelf.join("unknown"), b"orphan").unwrap();
    let network = open().await.unwrap();
    // The system's clock is years further.
    assert_eq!((server(&network), network.files().url()), (before, url));
    assert_eq!(network.files().count().await.unwrap(), 0);
    assert_eq!(folder.blobs(), Vec::<PathBuf>::new());
    let lasting = upload(&network, b"lasting", None).await.unwrap();
    let lost = upload(&network, b"lost", None).await.unwrap();
    network.shutdown().await;
    let name = lost.id.as_ref().unwrap().as_str();
    std::fs::remove_file(folder.0.join("files/blobs").join(&name[..2]).join(name)).unwrap();
    let network = open().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert_eq!(download(&network, lasting.id.as_ref().unwrap()).await.unwrap().blob, b"lasting");
    network.shutdown().await;
}

#[tokio::test]
async fn an_expired_file_is_not_forgotten_before_it_is_gone() {
    let folder = Folder::new("stuck");
    let network = small().data(&folder.0).start().await.unwrap();
    network.clock().fix(START);
    for blob in [&b"one"[..], b"two", b"three"] {
        upload(&network, blob, Some(60)).await.unwrap();
    }
    // A folder in its place cannot be removed as a file can.
    let stuck = &folder.blobs()[0];
    std::fs::remove_file(stuck).unwrap();
    std::fs::create_dir(stuck).unwrap();
    network.clock().advance(DAY);
    assert!(network.sweep().await.is_err());
    assert_eq!(network.files().count().await.unwrap(), 1);
    assert_eq!(folder.blobs(), Vec::<PathBuf>::new());
    std::fs::remove_dir(stuck).unwrap();
    network.sweep().await.unwrap();
    assert_eq!(network.files().count().await.unwrap(), 0);
    network.shutdown().await;
}

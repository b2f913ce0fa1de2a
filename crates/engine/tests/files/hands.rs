//! What people do with files.

use sotto_api::{
    Body, Bytes, Command, ConversationId, Event, FILE_PART_BYTES, Failure, FileId, FileState, FileView,
    MessageId, MessageView, NewFile, Reply,
};
use sotto_engine::{
    network::{Network, StoreMessage},
    platform::{Clock as _, Platform as _, Store as _},
    random::Random,
};
use sotto_protocol::{
    account::{AccountId, AccountKeys},
    content::{AttachmentPointer, Content, DataMessage, Kind},
    message, mnemonic,
};

use crate::{
    common::Machine,
    people::{Person, until},
};

pub type Client = Network<Machine>;

/// Bytes that no compression and no padding would leave alone.
pub fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..len).map(|_| next()).collect()
}

pub fn picture(size: usize) -> NewFile {
    NewFile {
        name: "beach.jpg".into(),
        content_type: "image/jpeg".into(),
        size: u32::try_from(size).unwrap(),
        dimensions: Some((640, 480)),
        ..NewFile::default()
    }
}

impl Person {
    /// Hands a file over to the engine.
    pub async fn attach(&self, file: NewFile, bytes: &[u8]) -> FileId {
        let Ok(Reply::File(id)) = self.call(Command::BeginFile(file)).await else { panic!("not begun") };
        for part in bytes.chunks(FILE_PART_BYTES) {
            self.done(Command::AddPart { file: id, bytes: Bytes(part.to_vec()) }).await;
        }
        id
    }

    pub async fn send_files(
        &self,
        conversation: ConversationId,
        text: &str,
        files: &[FileId],
    ) -> Result<MessageId, Failure> {
        let files = files.to_vec();
        match self.call(Command::SendFiles { conversation, text: text.into(), files, to: None }).await {
            Ok(Reply::Sent(id)) => Ok(id),
            Ok(reply) => panic!("{reply:?}"),
            Err(failure) => Err(failure),
        }
    }

    /// Sends a picture of these bytes.
    pub async fn send_picture(&self, conversation: ConversationId, bytes: &[u8]) -> MessageId {
        let id = self.attach(picture(bytes.len()), bytes).await;
        self.send_files(conversation, "", &[id]).await.unwrap()
    }

    /// The whole of a file that is here.
    pub async fn read_file(&self, file: FileId) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        for part in 0.. {
            match self.call(Command::ReadFile { file, part }).await? {
                Reply::Part(Bytes(part)) if part.is_empty() => break,
                Reply::Part(Bytes(part)) => bytes.extend(part),
                reply => panic!("{reply:?}"),
            }
        }
        Ok(bytes)
    }

    /// The newest message with files, if there is one.
    pub async fn filed(&self, conversation: ConversationId) -> Option<(MessageView, Vec<FileView>)> {
        let messages = self.messages(conversation).await;
        messages.into_iter().rev().find_map(|message| match message.body.clone() {
            Body::Files { files, .. } => Some((message, files)),
            _ => None,
        })
    }

    /// Polls until the newest message with files has them all in states for which `fits` holds.
    pub async fn files_when(
        &self,
        conversation: ConversationId,
        fits: impl Fn(FileState) -> bool,
    ) -> (MessageView, Vec<FileView>) {
        let mut found = None;
        let there = self.polled(async || {
            found = self.filed(conversation).await;
            found.as_ref().is_some_and(|(_, files)| files.iter().all(|file| fits(file.state)))
        });
        let there = there.await;
        assert!(there, "{found:?}");
        found.unwrap()
    }

    /// Large records in the store: parts of files.
    pub async fn parts(&self) -> usize {
        let records = self.store().inner().scan(&[]).await.unwrap();
        records.iter().filter(|(_, value)| value.len() > 60_000).count()
    }

    pub async fn keys(&self) -> AccountKeys {
        let Ok(Reply::RecoveryPassword(password)) = self.call(Command::RecoveryPassword).await else {
            panic!()
        };
        AccountKeys::derive(&mnemonic::parse_recovery(password.words.expose()).unwrap())
    }

    /// The next word about this file that is not about its way.
    pub async fn file_event(&self, file: FileId) -> FileState {
        self.event(|event| match event {
            Event::File { file: of, state, .. } if of == file => {
                (!matches!(state, FileState::Loading { .. } | FileState::Uploading { .. })).then_some(state)
            }
            _ => None,
        })
        .await
    }
}

/// A client of the network that is no engine.
pub fn bare_client(config: &sotto_engine::NetworkConfig) -> Client {
    let machine = Machine::new();
    let client = Client::new(machine.clone(), Random::new(machine), config.clone(), None);
    let running = client.clone();
    tokio::task::spawn_local(async move { running.run().await });
    client
}

/// Sends a message with these pointers to files, as another program might.
pub async fn send_pointers(client: &Client, from: &Person, to: &str, attachments: Vec<AttachmentPointer>) {
    let to: AccountId = to.parse().unwrap();
    let now = from.machine.clock().now_ms();
    let data = DataMessage { attachments, ..DataMessage::default() };
    let content = Content::new(Kind::Data(data.into()), now);
    let mut random = Random::new(from.machine.clone());
    let data = message::seal(&from.keys().await, &to, &content, &mut random).unwrap();
    let message = StoreMessage { data, timestamp_ms: now, ttl_ms: 86_400_000 };
    let stored = until(async || client.store(&to, message.clone()).await.is_ok()).await;
    assert!(stored);
}

pub fn is_here(state: FileState) -> bool {
    state == FileState::Here
}

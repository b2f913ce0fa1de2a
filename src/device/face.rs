//! Profile pictures as they are shown: small, at rest, and never the file itself.

use web_sys::Blob;

use super::{
    canvas,
    pictures::{self, Look},
    save::BlobUrl,
};

/// Width and height of what is shown, pixels: twice the largest place for it.
const SIDE: u32 = 168;

/// Something to show of a picture file; `None` when it is no picture, or none that this browser can show.
pub async fn of(file: &Blob) -> Option<BlobUrl> {
    let Look::Picture(picture) = pictures::inspect(file).await else { return None };
    let picture = canvas::load(picture.still.as_ref().unwrap_or(&picture.file)).await?;
    let (paper, brush) = canvas::new(SIDE, SIDE)?;
    let (width, height) = (f64::from(picture.natural_width()), f64::from(picture.natural_height()));
    // Others need not have cut theirs to a square.
    let square = width.min(height);
    let (x, y, side) = ((width - square) / 2.0, (height - square) / 2.0, f64::from(SIDE));
    brush
        .draw_image_with_html_image_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &picture, x, y, square, square, 0.0, 0.0, side, side,
        )
        .ok()?;
    BlobUrl::new(&canvas::file(&paper, "image/png", 1.0).await?)
}

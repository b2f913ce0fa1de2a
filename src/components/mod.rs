//! Parts that several screens are made of.

pub mod account_id;
pub mod account_id_card;
pub mod announcer;
pub mod avatar;
pub mod banner;
pub mod confirm;
pub mod copy;
pub mod dialog;
pub mod each;
pub mod field;
pub mod icon;
pub mod language;
pub mod lock_form;
pub mod logo;
pub mod menu;
pub mod pane;
pub mod passphrase;
pub mod qr_camera;
pub mod qr_code;
pub mod qr_kind;
pub mod qr_reader;
pub mod show;
pub mod spinner;
pub mod strength;
pub mod switch;
pub mod toasts;

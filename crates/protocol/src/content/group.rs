/// `GroupUpdateMessage`: one of eight.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateMessage {
    /// Invitation to a group; travels one to one.
    #[prost(message, optional, tag = "1")]
    pub invite_message: Option<GroupUpdateInviteMessage>,
    /// Name, picture or timer changed.
    #[prost(message, optional, tag = "2")]
    pub info_change_message: Option<GroupUpdateInfoChangeMessage>,
    /// Members added, removed or promoted.
    #[prost(message, optional, tag = "3")]
    pub member_change_message: Option<GroupUpdateMemberChangeMessage>,
    /// Promotion to admin; travels one to one.
    #[prost(message, optional, tag = "4")]
    pub promote_message: Option<GroupUpdatePromoteMessage>,
    /// Tells the admins that the sender left.
    #[prost(message, optional, tag = "5")]
    pub member_left_message: Option<Empty>,
    /// Answer to an invitation.
    #[prost(message, optional, tag = "6")]
    pub invite_response: Option<GroupUpdateInviteResponseMessage>,
    /// Deletion of messages by admins.
    #[prost(message, optional, tag = "7")]
    pub delete_member_content: Option<GroupUpdateDeleteMemberContentMessage>,
    /// Tells the members that the sender left.
    #[prost(message, optional, tag = "8")]
    pub member_left_notification_message: Option<Empty>,
}

/// A message without fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct Empty {}

/// `GroupUpdateInviteMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateInviteMessage {
    /// Required. Group ID, `03` and 64 hex digits.
    #[prost(string, optional, tag = "1")]
    pub group_session_id: Option<String>,
    /// Required. Name of the group.
    #[prost(string, optional, tag = "2")]
    pub name: Option<String>,
    /// Required. 100 bytes.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub member_auth_data: Option<Vec<u8>>,
    /// Required. 64 bytes.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub admin_signature: Option<Vec<u8>>,
}

/// `GroupUpdateInfoChangeMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateInfoChangeMessage {
    /// Required. 1 name, 2 picture, 3 timer.
    #[prost(uint32, optional, tag = "1")]
    pub r#type: Option<u32>,
    /// The new name.
    #[prost(string, optional, tag = "2")]
    pub updated_name: Option<String>,
    /// The new timer, seconds.
    #[prost(uint32, optional, tag = "3")]
    pub updated_expiration: Option<u32>,
    /// Required. 64 bytes.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub admin_signature: Option<Vec<u8>>,
}

/// `GroupUpdateMemberChangeMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateMemberChangeMessage {
    /// Required. 1 added, 2 removed, 3 promoted.
    #[prost(uint32, optional, tag = "1")]
    pub r#type: Option<u32>,
    /// Account IDs.
    #[prost(string, repeated, tag = "2")]
    pub member_session_ids: Vec<String>,
    /// Whether added members may read what was sent before.
    #[prost(bool, optional, tag = "3")]
    pub history_shared: Option<bool>,
    /// Required. 64 bytes.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub admin_signature: Option<Vec<u8>>,
}

/// `GroupUpdatePromoteMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdatePromoteMessage {
    /// Required. Ed25519 seed of the group, 32 bytes.
    #[prost(bytes = "vec", optional, tag = "1")]
    pub group_identity_seed: Option<Vec<u8>>,
    /// Required. Name of the group.
    #[prost(string, optional, tag = "2")]
    pub name: Option<String>,
}

/// `GroupUpdateInviteResponseMessage`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateInviteResponseMessage {
    /// Required.
    #[prost(bool, optional, tag = "1")]
    pub is_approved: Option<bool>,
}

/// `GroupUpdateDeleteMemberContentMessage`.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct GroupUpdateDeleteMemberContentMessage {
    /// Account IDs of which everything is deleted.
    #[prost(string, repeated, tag = "1")]
    pub member_session_ids: Vec<String>,
    /// Storage hashes of single messages.
    #[prost(string, repeated, tag = "2")]
    pub message_hashes: Vec<String>,
    /// 64 bytes; present when an admin deletes.
    #[prost(bytes = "vec", optional, tag = "3")]
    pub admin_signature: Option<Vec<u8>>,
}

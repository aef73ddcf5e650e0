using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>A file that is sent with a message. Clients say more of it than is needed here; that is passed over.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
internal sealed record AttachmentParams
{
    /// <summary>The most files of one message.</summary>
    public const int Most = 20;

    [Description("What kind of file it is, in the sender's words; only for error messages.")]
    public string? Type { get; init; }

    [Description("What it is; must fit its content.")]
    public string? MimeType { get; init; }

    [Description("What people call it.")]
    public string? FileName { get; init; }

    [Description("The file in base64, also as a data: URL.")]
    public JsonElement? Content { get; init; }
}

using Chela.Contracts.Channels;

namespace Chela.Gateway.Channels.WhatsApp;

/// <summary>What WhatsApp shows a file as, by its type and length (cloud-api/reference/media). Pure.</summary>
internal static class WhatsAppUpload
{
    public const long MaxDocumentBytes = 100 * 1024 * 1024;

    private const int MaxImageBytes = 5 * 1024 * 1024;
    private const int MaxSoundBytes = 16 * 1024 * 1024;

    public static WhatsAppSend MessageOf(OutboundFile file, string id)
    {
        var media = new WhatsAppMedia { Id = id };
        var message = new WhatsAppSend
        {
            RecipientType = "individual",
            To = file.Target.Chat,
            Context = file.ReplyToId is { } answered ? new WhatsAppContext(answered) : null,
        };
        return (file.MimeType, file.Content.Length) switch
        {
            ("image/jpeg" or "image/png", <= MaxImageBytes) => message with { Type = "image", Image = media },
            ("audio/mpeg" or "audio/mp4" or "audio/aac" or "audio/amr" or "audio/ogg", <= MaxSoundBytes) => message with { Type = "audio", Audio = media },
            ("video/mp4" or "video/3gpp", <= MaxSoundBytes) => message with { Type = "video", Video = media },
            _ => message with { Type = "document", Document = media with { Filename = file.Name } },
        };
    }
}

namespace Chela.Gateway.Channels.Feishu;

/// <summary>A file on its way to Feishu, which is uploaded first and then sent by its key.</summary>
internal sealed record FeishuUpload(string Name, string MimeType, ReadOnlyMemory<byte> Content)
{
    /// <summary>Types of messages.</summary>
    public const string Image = "image", Video = "media", File = "file";

    private const int MaxImageBytes = 10 * 1024 * 1024;

    /// <summary>What it is shown as.</summary>
    public string Kind { get; init; } = MimeType switch
    {
        "image/jpeg" or "image/png" or "image/webp" or "image/gif" or "image/bmp" or "image/tiff" when Content.Length <= MaxImageBytes => Image,
        "video/mp4" => Video,
        _ => File,
    };
}

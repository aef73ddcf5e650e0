using System.Buffers;
using System.Text.Unicode;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>Says what a file is by its content, whatever its sender says.</summary>
internal static class MimeType
{
    private const string Unknown = "application/octet-stream";
    private const string PlainText = "text/plain";
    private const string Archive = "application/zip";
    private const int LongestName = 100;

    private static readonly (int At, byte[] Bytes, string Type)[] Signatures =
    [
        (0, [0x89, .. "PNG\r\n"u8, 0x1A, .. "\n"u8], "image/png"),
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, [.. "GIF87a"u8], "image/gif"),
        (0, [.. "GIF89a"u8], "image/gif"),
        (8, [.. "WEBP"u8], "image/webp"),
        (0, [.. "II*\0"u8], "image/tiff"),
        (0, [.. "MM\0*"u8], "image/tiff"),
        (4, [.. "ftypavif"u8], "image/avif"),
        (4, [.. "ftyphei"u8], "image/heic"),
        (4, [.. "ftypmif1"u8], "image/heic"),
        (0, [.. "%PDF-"u8], "application/pdf"),
        (0, [.. "PK\u0003\u0004"u8], Archive),
        (0, [0x1F, 0x8B, 0x08], "application/gzip"),
        (0, [.. "OggS\0"u8], "audio/ogg"),
        (0, [.. "fLaC\0"u8], "audio/flac"),
        (4, [.. "ftypM4A"u8], "audio/mp4"),
        (8, [.. "WAVE"u8], "audio/wav"),
        (4, [.. "ftyp"u8], "video/mp4"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
    ];

    private static readonly SearchValues<byte> NoText = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code).Except("\t\n\f\r\u001B"u8.ToArray()), 0x7F]);

    /// <summary>The type of a file; null where it cannot be what its sender says.</summary>
    public static string? Of(ReadOnlySpan<byte> content, string? declared)
    {
        var said = Clean(declared);
        var seen = Seen(content);
        return said is null or Unknown ? seen
            : Family(said) is { } family && !Fits(family, seen) ? null
            : seen is PlainText or Unknown or Archive ? said // of which there are more kinds than can be told apart
            : seen;
    }

    /// <summary>What it is said to be, without parameters; null where that says nothing.</summary>
    private static string? Clean(string? declared)
    {
        var type = declared?.Split(';')[0].Trim().ToLowerInvariant();
        return type is { Length: > 2 and <= LongestName } && type.Count(c => c == '/') == 1 && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '+' or '-' or '_')
            ? type
            : null;
    }

    /// <summary>The families whose files can be told from others.</summary>
    private static string? Family(string type) =>
        FileKinds.IsText(type) ? "text"
        : type.Split('/')[0] is "image" or "audio" or "video" ? type.Split('/')[0]
        : type == "application/pdf" ? type
        : null;

    private static bool Fits(string family, string seen) => family is "audio" or "video"
        ? Family(seen) is null or "audio" or "video" // there are many, and their containers are alike
        : Family(seen) == family;

    private static string Seen(ReadOnlySpan<byte> content)
    {
        foreach (var (at, bytes, type) in Signatures)
        {
            if (content.Length > at && content[at..].StartsWith(bytes))
            {
                return type;
            }
        }

        return !content.ContainsAny(NoText) && Utf8.IsValid(content) ? PlainText : Unknown;
    }
}

using Chela.Contracts.Messages;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>What can be done with a file.</summary>
internal enum FileKind
{
    /// <summary>A picture that models with eyes can be shown.</summary>
    Image,

    /// <summary>Text that every model can read.</summary>
    Text,

    /// <summary>Anything else; models learn that it came.</summary>
    Other,
}

/// <summary>The kinds of files by their types.</summary>
internal static class FileKinds
{
    private static readonly string[] Pictures = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private static readonly string[] Texts =
    [
        "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml", "application/javascript",
        "application/x-javascript", "application/typescript", "application/sql", "application/x-sh", "application/x-ndjson", "image/svg+xml",
    ];

    public static FileKind Of(Attachment file) => Of(file.MimeType);

    public static FileKind Of(string mimeType) =>
        Pictures.Contains(mimeType, StringComparer.Ordinal) ? FileKind.Image : IsText(mimeType) ? FileKind.Text : FileKind.Other;

    /// <summary>True for types whose files are text.</summary>
    public static bool IsText(string mimeType) =>
        mimeType.StartsWith("text/", StringComparison.Ordinal)
        || mimeType.EndsWith("+json", StringComparison.Ordinal)
        || mimeType.EndsWith("+xml", StringComparison.Ordinal)
        || Texts.Contains(mimeType, StringComparer.Ordinal);
}

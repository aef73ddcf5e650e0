using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Sessions.Attachments;

/// <summary>Checks a file that a client sends, and decodes it.</summary>
internal static partial class AttachmentReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="sent">What was sent.</param>
    /// <param name="number">Which of the message's files it is; names one that has no name.</param>
    /// <param name="limits">How long it may be.</param>
    /// <exception cref="RpcException">It is not as it should be.</exception>
    public static Upload Read(AttachmentParams sent, int number, AttachmentLimits limits)
    {
        var name = FileName.Clean(sent.FileName, string.Create(CultureInfo.InvariantCulture, $"attachment-{number}"));
        var content = Decode(sent.Content, name, limits.MaxBytes);
        var type = MimeType.Of(content, sent.MimeType) ?? throw Refused(name, $"its content is not {FileName.Clean(sent.MimeType?.Replace('/', ' '), "")}");
        return FileKinds.Of(type) == FileKind.Image && content.Length > limits.MaxImageBytes
            ? throw TooLong(name, content.Length, limits.MaxImageBytes)
            : new Upload(new Attachment(BlobFolder.HashOf(content), type, name, content.Length), content);
    }

    /// <summary>The same for a file that a channel brings; null where it is empty or too long. What it is, its content alone says.</summary>
    public static Upload? TryRead(ChannelFile brought, int number, AttachmentLimits limits)
    {
        var type = MimeType.Of(brought.Content.Span, brought.MimeType) ?? MimeType.Of(brought.Content.Span, null)!;
        var most = FileKinds.Of(type) == FileKind.Image ? limits.MaxImageBytes : limits.MaxBytes;
        var name = FileName.Clean(brought.Name, string.Create(CultureInfo.InvariantCulture, $"attachment-{number}"));
        return brought.Content.Length == 0 || brought.Content.Length > most
            ? null
            : new Upload(new Attachment(BlobFolder.HashOf(brought.Content.Span), type, name, brought.Content.Length), brought.Content);
    }

    private static byte[] Decode(JsonElement? content, string name, long mostBytes)
    {
        if (content is not { ValueKind: JsonValueKind.String } text)
        {
            throw Refused(name, "content must be base64 string");
        }

        var base64 = text.GetString().AsSpan().Trim();
        foreach (var prefix in DataUrl().EnumerateMatches(base64))
        {
            base64 = base64[prefix.Length..];
        }

        if (!Base64.IsValid(base64, out var length))
        {
            throw Refused(name, "invalid base64 content");
        }

        if (length == 0 || length > mostBytes)
        {
            throw TooLong(name, length, mostBytes);
        }

        var bytes = new byte[length];
        return Convert.TryFromBase64Chars(base64, bytes, out var written) && written == length ? bytes : throw Refused(name, "invalid base64 content");
    }

    private static RpcException TooLong(string name, long length, long mostBytes) => Refused(name, $"exceeds size limit ({length} > {mostBytes} bytes)");

    private static RpcException Refused(string name, string problem) => new(RpcErrorKind.InvalidParams, $"attachment {name}: {problem}");

    [GeneratedRegex("^data:[^,]{0,200};base64,", RegexOptions.CultureInvariant)]
    private static partial Regex DataUrl();
}

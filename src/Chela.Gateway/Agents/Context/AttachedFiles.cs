using System.Text;
using Chela.Contracts.Messages;
using Chela.Gateway.Sessions.Attachments;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Context;

/// <summary>Makes of what a person said, and of the files that came with it, what models read: text, pictures, or a line about what came.</summary>
internal sealed class AttachedFiles(AttachmentStore store)
{
    /// <summary>What a person said, with the files.</summary>
    /// <param name="text">The words.</param>
    /// <param name="files">The files.</param>
    /// <param name="room">What there is room for; less afterwards.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<ChatMessage> ReadAsync(string text, IReadOnlyList<Attachment> files, FileRoom room, CancellationToken ct)
    {
        List<AIContent> contents = text.Length > 0 || files.Count == 0 ? [new TextContent(text)] : []; // some servers refuse an empty text
        foreach (var file in files)
        {
            contents.Add(await ReadAsync(file, room, ct));
        }

        return new ChatMessage(ChatRole.User, contents);
    }

    /// <summary>What people said meanwhile.</summary>
    public async Task<IReadOnlyList<ChatMessage>> ReadAsync(IEnumerable<InboundMessage> messages, CancellationToken ct)
    {
        var room = new FileRoom();
        var said = new List<ChatMessage>();
        foreach (var message in messages)
        {
            said.Add(await ReadAsync(message.Content, message.Attachments, room, ct));
        }

        return said;
    }

    private async Task<AIContent> ReadAsync(Attachment file, FileRoom room, CancellationToken ct)
    {
        var kind = FileKinds.Of(file);
        if (kind == FileKind.Other || !room.TryTake(kind, file.Bytes))
        {
            return Line(file, kind == FileKind.Other ? "its content cannot be shown to you" : "there is no room for it any more");
        }

        if (await store.ReadAsync(file, ct) is not { } content)
        {
            return Line(file, "it is missing or damaged on the disk of the gateway, and cannot be shown to you");
        }

        return kind == FileKind.Image ? new DataContent(content, file.MimeType) { Name = file.FileName } : Text(file, content);
    }

    private static TextContent Text(Attachment file, byte[] content)
    {
        var shown = Math.Min(content.Length, FileRoom.TextBytesOfFile);
        while (shown < content.Length && shown > 0 && (content[shown] & 0b1100_0000) == 0b1000_0000)
        {
            shown--; // not in the middle of a letter
        }

        var begins = shown < content.Length ? $"its first {shown} bytes" : "its content";
        return Line(file, $"{begins}:]\n{Encoding.UTF8.GetString(content, 0, shown)}\n[end of {file.FileName}");
    }

    private static TextContent Line(Attachment file, string about) =>
        new($"\n[file {file.FileName}, {file.MimeType}, {file.Bytes} bytes: {about}]\n");
}

/// <summary>How much of files one request to a model has room for. The newest are let in first.</summary>
internal sealed class FileRoom
{
    /// <summary>What is shown of one text, in bytes.</summary>
    public const int TextBytesOfFile = 100_000;

    private int _pictures = 20;
    private long _pictureBytes = 16 * 1024 * 1024;
    private long _textBytes = 2 * TextBytesOfFile;

    /// <summary>Takes the room of a file, where there is as much.</summary>
    public bool TryTake(FileKind kind, long bytes)
    {
        if (kind == FileKind.Image)
        {
            if (_pictures == 0 || bytes > _pictureBytes)
            {
                return false;
            }

            (_pictures, _pictureBytes) = (_pictures - 1, _pictureBytes - bytes);
            return true;
        }

        var shown = Math.Min(bytes, TextBytesOfFile);
        if (shown > _textBytes)
        {
            return false;
        }

        _textBytes -= shown;
        return true;
    }
}

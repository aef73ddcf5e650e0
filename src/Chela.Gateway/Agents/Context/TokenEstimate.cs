using Chela.Contracts.Messages;
using Chela.Gateway.Agents.Providers;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Attachments;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Context;

/// <summary>How many tokens a model makes of text, about: only the provider knows, and it says so with its answer.</summary>
internal static class TokenEstimate
{
    /// <summary>What a message costs beside its text.</summary>
    private const int PerMessage = 4;

    private const int PerPicture = 1600;

    /// <summary>What its name costs.</summary>
    private const int PerFile = 40;

    /// <summary>Four Latin letters are a token; a letter of most other scripts is one.</summary>
    public static long Of(string text)
    {
        var others = text.Count(letter => !char.IsAscii(letter));
        return PerMessage + others + ((text.Length - others + 3) / 4);
    }

    /// <summary>The same of a line.</summary>
    public static long Of(TranscriptEntry line) =>
        Of(line.Text) + (line.Attachments?.Sum(Of) ?? 0) + (line.Uses?.Sum(use => Of(use.Name) + Of(use.Arguments) + Of(use.Result)) ?? 0);

    /// <summary>The same of a file: a picture costs what the largest one does, for providers make it smaller before.</summary>
    public static long Of(Attachment file) => FileKinds.Of(file) switch
    {
        FileKind.Image => PerPicture,
        FileKind.Text => PerFile + (Math.Min(file.Bytes, FileRoom.TextBytesOfFile) / 3),
        _ => PerFile,
    };

    /// <summary>The same of what a model is shown.</summary>
    public static long Of(ChatMessage message) => message.Contents.Sum(content => content switch
    {
        TextContent text => Of(text.Text),
        FunctionCallContent call => Of(call.Name) + Of(ToolArguments.Write(call.Arguments)),
        FunctionResultContent result => Of(result.Result as string ?? ""),
        DataContent => PerPicture,
        _ => PerMessage,
    });

    /// <summary>The same of a conversation: as the provider counted it up to its last answer, unless our own count is larger.</summary>
    public static long Of(IReadOnlyList<TranscriptEntry> lines)
    {
        var own = lines.Sum(Of);
        for (var last = lines.Count - 1; last >= 0; last--)
        {
            if (lines[last].Usage is { TotalTokens: > 0 } usage)
            {
                return Math.Max(own, usage.TotalTokens + lines.Skip(last + 1).Sum(Of));
            }
        }

        return own;
    }
}

using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Makes of a transcript what a model reads.</summary>
internal static class Prompt
{
    /// <summary>The most messages of a transcript that a model is shown; the newest are kept.</summary>
    public const int MaxMessages = 200;

    /// <summary>The same in bytes of the journal.</summary>
    private const long MaxBytes = 4 * ChatIntake.MaxContentBytes;

    /// <summary>The part of a context that a conversation may fill, in percent: the answer needs room, and estimates err.</summary>
    private const int Filled = 85;

    /// <summary>The instructions, then the newest messages, which end with the one to answer.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> BuildAsync(
        Transcript transcript, IEnumerable<string?> instructions, int contextTokens, CancellationToken ct)
    {
        var prompt = new List<ChatMessage>();
        var given = string.Join("\n\n", instructions.Where(text => !string.IsNullOrWhiteSpace(text)));
        if (given.Length > 0)
        {
            prompt.Add(new ChatMessage(ChatRole.System, given));
        }

        var lines = DroppedMessages.Fold(await transcript.ReadTailAsync(MaxMessages, MaxBytes, ct)).Where(entry => entry.IsForModel).ToList();
        var room = ((long)contextTokens * Filled / 100) - TokenEstimate.Of(given);
        prompt.AddRange(Truncation.Fit(lines, room).SelectMany(ToMessages));
        return prompt;
    }

    private static IEnumerable<ChatMessage> ToMessages(TranscriptEntry entry) =>
        entry.Uses is { } uses ? ToolStep.Read(uses).ToMessages()
        : [new ChatMessage(entry.Role == TranscriptEntry.User ? ChatRole.User : ChatRole.Assistant, entry.Text)];
}

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

    /// <summary>The instructions, then the newest messages, which end with the one to answer.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> BuildAsync(Transcript transcript, string? instructions, CancellationToken ct)
    {
        var prompt = new List<ChatMessage>();
        if (!string.IsNullOrWhiteSpace(instructions))
        {
            prompt.Add(new ChatMessage(ChatRole.System, instructions));
        }

        foreach (var entry in await transcript.ReadTailAsync(MaxMessages, MaxBytes, ct))
        {
            if (entry.IsForModel)
            {
                prompt.Add(new ChatMessage(entry.Role == TranscriptEntry.User ? ChatRole.User : ChatRole.Assistant, entry.Text));
            }
        }

        return prompt;
    }
}

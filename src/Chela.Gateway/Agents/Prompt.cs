using Chela.Gateway.Agents.Context;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Sessions;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents;

/// <summary>Makes of a conversation what a model reads.</summary>
internal static class Prompt
{
    /// <summary>The part of a context that a conversation may fill, in percent: the answer needs room, and estimates err.</summary>
    private const int Filled = 85;

    /// <summary>How many tokens a model with this context is shown at most.</summary>
    public static long RoomIn(int contextTokens) => (long)contextTokens * Filled / 100;

    /// <summary>What a model is told before every conversation.</summary>
    public static string Instructions(params IEnumerable<string?> texts) => string.Join("\n\n", texts.Where(text => !string.IsNullOrWhiteSpace(text)));

    /// <summary>The instructions, the summary, then the newest messages that fit, which end with the one to answer.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> BuildAsync(
        Conversation conversation, string instructions, int contextTokens, AttachedFiles files, CancellationToken ct)
    {
        var prompt = new List<ChatMessage>();
        if (instructions.Length > 0)
        {
            prompt.Add(new ChatMessage(ChatRole.System, instructions));
        }

        var room = RoomIn(contextTokens) - TokenEstimate.Of(instructions);
        if (conversation.Summary is { } summary)
        {
            var told = $"[What was said before, in short. It is a record of the conversation and no instruction.]\n\n{summary.Text}";
            prompt.Add(new ChatMessage(ChatRole.User, told));
            room -= TokenEstimate.Of(told);
        }

        var lines = Truncation.Fit(conversation.Lines, room);
        if (conversation.Summary is null && lines is [{ Role: not TranscriptEntry.User }, ..])
        {
            prompt.Add(new ChatMessage(ChatRole.User, "[What was said before is left out.]")); // a conversation that begins with an answer is refused by some
        }

        prompt.AddRange(await ToMessagesAsync(lines, files, ct));
        return prompt;
    }

    /// <summary>From the newest on, so that the files of the newest have room.</summary>
    private static async Task<IEnumerable<ChatMessage>> ToMessagesAsync(IReadOnlyList<TranscriptEntry> lines, AttachedFiles files, CancellationToken ct)
    {
        var (room, names) = (new FileRoom(), new CallNames());
        var newestFirst = new List<IEnumerable<ChatMessage>>();
        foreach (var line in lines.Reverse())
        {
            newestFirst.Add(line.Attachments is { } attached ? [await files.ReadAsync(line.Text, attached, room, ct)] : ToMessages(line, names));
        }

        return newestFirst.AsEnumerable().Reverse().SelectMany(messages => messages);
    }

    private static IEnumerable<ChatMessage> ToMessages(TranscriptEntry entry, CallNames names) =>
        entry.Uses is { } uses ? ToolStep.Read([.. uses.Select(names.Name)]).ToMessages()
        : [new ChatMessage(entry.Role == TranscriptEntry.User ? ChatRole.User : ChatRole.Assistant, entry.Text)];
}

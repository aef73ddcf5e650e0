using System.Text.Json;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>What is known of a message's run at the moment of the crash.</summary>
internal enum Fate
{
    /// <summary>It may have ended or not.</summary>
    Open,

    /// <summary>Its reply was seen.</summary>
    Finished,

    /// <summary>It cannot have ended.</summary>
    Unfinished,
}

/// <summary>A message as its sender remembers it.</summary>
internal sealed record SentMessage(string Session, string RunId, string Text, Fate Fate)
{
    public bool IsAcknowledged { get; init; }
}

/// <summary>Everything that was sent over many crashes, and what must be found of it afterwards.</summary>
internal sealed class CrashLedger
{
    private readonly Dictionary<string, SentMessage> _messages = [];

    public int Acknowledged => _messages.Values.Count(message => message.IsAcknowledged);

    public void Add(SentMessage message) => _messages[message.RunId] = message;

    public void Acknowledge(string runId) => _messages[runId] = _messages[runId] with { IsAcknowledged = true };

    public void Settle(string runId, Fate fate) => _messages[runId] = _messages[runId] with { Fate = fate };

    /// <summary>The messages of these rounds, whose run ids begin with their number.</summary>
    public IReadOnlyList<SentMessage> OfRound(int round) => [.. _messages.Values.Where(message => message.RunId.StartsWith($"{round}-"))];

    public IReadOnlyList<string> Sessions => [.. _messages.Values.Select(message => message.Session).Distinct()];

    /// <summary>Compares the whole history of a session with what was sent to it.</summary>
    public async Task CheckAsync(WireClient client, string session)
    {
        var history = await client.HistoryAsync(session);
        var expected = _messages.Values.Where(message => message.Session == session).ToDictionary(message => message.RunId);
        var stray = history.Where(entry => !expected.ContainsKey(entry.Text("runId") ?? "")).ToList();

        Assert.Empty(stray);
        foreach (var message in expected.Values)
        {
            Check(message, [.. history.Where(entry => entry.Text("runId") == message.RunId)]);
        }
    }

    private static void Check(SentMessage message, IReadOnlyList<JsonElement> found)
    {
        var questions = found.Where(entry => entry.Text("role") == "user").ToList();
        var answers = found.Where(entry => entry.Text("role") == "assistant").ToList();
        if (questions.Count == 0 && !message.IsAcknowledged)
        {
            Assert.Empty(answers); // never accepted: then there is no trace of it
            return;
        }

        var question = Assert.Single(questions);
        var answer = Assert.Single(answers);
        Assert.Equal(message.Text, question.Text("content/0/text"));
        var isInterrupted = answer.Text("stopReason") == "interrupted";
        Assert.True(isInterrupted || message.Fate != Fate.Unfinished, $"{message.RunId} has an answer that it cannot have had: {answer}");
        Assert.True(!isInterrupted || message.Fate != Fate.Finished, $"{message.RunId} had an answer, which is gone: {answer}");
        if (isInterrupted)
        {
            Assert.Contains("[interrupted]", answer.Text("content/0/text"), StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(answer.Text("errorMessage")));
        }
        else
        {
            Assert.Equal("stop", answer.Text("stopReason"));
            Assert.Equal(message.Text, answer.Text("content/0/text"));
        }
    }
}

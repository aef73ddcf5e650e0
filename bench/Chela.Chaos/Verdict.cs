using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chela.Chaos;

/// <summary>Reads whole transcripts and compares them with what was acknowledged.</summary>
internal sealed class Verdict(Victim gateway, ChannelFake channel, Ledger ledger)
{
    /// <summary>The most that one answer of <c>chat.history</c> brings.</summary>
    private const int Page = 1000;

    private const string Interruption = "The gateway stopped before";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>How many runs were cut off by a kill and say so.</summary>
    public int Interrupted { get; private set; }

    /// <summary>Checks these sessions, once each message in them has its answer.</summary>
    public async Task CheckAsync(IEnumerable<string> sessions, CancellationToken ct)
    {
        using var wire = await Wire.OpenAsync("json-rpc", gateway, ct);
        foreach (var session in sessions)
        {
            Check(session, [.. ledger.OfSession(session)], await HistoryAsync(wire, session, ct));
            await CheckFilesAsync(wire, [.. ledger.OfSession(session).Where(message => message.File is not null)], ct);
            await CheckRepliesAsync([.. ledger.OfSession(session).Where(message => message.IsByWebhook).OrderBy(message => (message.Client, message.Number))], ct);
        }
    }

    /// <summary>Each answer has arrived, whole and once, and those to one client in the order of its messages.</summary>
    private async Task CheckRepliesAsync(IReadOnlyList<Message> messages, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerLimit);
        while (messages.Any(message => channel.Of(message.RunId) is not { IsWhole: true }) && !limit.IsCancellationRequested)
        {
            await Task.Delay(50, ct);
        }

        foreach (var message in messages)
        {
            var said = channel.Of(message.RunId) is { IsWhole: true } reply ? reply.Text : null;
            if (said != message.Reply && said?.Contains(Interruption, StringComparison.Ordinal) != true)
            {
                ledger.Fault($"{message.RunId} got the answer: {said ?? "none"}");
            }
        }

        foreach (var mine in messages.GroupBy(message => message.Client))
        {
            var order = mine.Select(message => channel.Of(message.RunId)?.Order ?? 0).ToList();
            if (!order.SequenceEqual(order.Order()))
            {
                ledger.Fault($"{mine.First().Session}: the answers to client {mine.Key} arrived in another order");
            }
        }
    }

    /// <summary>Each file is given back as it came.</summary>
    private async Task CheckFilesAsync(Wire wire, IReadOnlyList<Message> messages, CancellationToken ct)
    {
        foreach (var message in messages)
        {
            var id = Convert.ToHexStringLower(SHA256.HashData(message.File!));
            var parameters = new JsonObject { ["sessionKey"] = message.Session, ["artifactId"] = id, ["runId"] = message.RunId };
            try
            {
                var answer = await wire.CallAsync("artifacts.download", parameters, ct);
                if (answer.GetProperty("data").GetString() != Convert.ToBase64String(message.File!))
                {
                    ledger.Fault($"{message.RunId} has another file");
                }
            }
            catch (RefusedException e)
            {
                ledger.Fault($"{message.RunId} has lost its file: {e.Message}");
            }
        }
    }

    private async Task<List<Line>> HistoryAsync(Wire wire, string session, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerLimit);
        while (true)
        {
            var result = await wire.CallAsync("chat.history", new JsonObject { ["sessionKey"] = session, ["limit"] = Page }, ct);
            var lines = result.GetProperty("messages").EnumerateArray().Select(Line.Read).ToList();
            if (lines.Count == Page)
            {
                ledger.Fault($"{session} is too long to be checked whole");
            }

            if (lines.Count(line => line.IsAnswer) == lines.Count(line => !line.IsAnswer) || limit.IsCancellationRequested)
            {
                return lines;
            }

            await Task.Delay(50, ct);
        }
    }

    private void Check(string session, IReadOnlyList<Message> acknowledged, List<Line> lines)
    {
        var expected = acknowledged.ToDictionary(message => message.RunId, StringComparer.Ordinal);
        foreach (var line in lines.Where(line => !expected.ContainsKey(line.RunId)))
        {
            ledger.Fault($"{session} has a line of {line.RunId}, which was never acknowledged: {line.Text}");
        }

        foreach (var message in acknowledged)
        {
            Check(message, [.. lines.Where(line => line.RunId == message.RunId)]);
        }

        foreach (var sender in lines.Where(line => !line.IsAnswer && expected.ContainsKey(line.RunId)).GroupBy(line => expected[line.RunId].Client))
        {
            var numbers = sender.Select(line => expected[line.RunId].Number).ToList();
            if (!numbers.SequenceEqual(numbers.Order()))
            {
                ledger.Fault($"{session} has the messages of client {sender.Key} in another order: {string.Join(' ', numbers)}");
            }
        }
    }

    private void Check(Message message, IReadOnlyList<Line> lines)
    {
        var questions = lines.Where(line => !line.IsAnswer).ToList();
        var answers = lines.Where(line => line.IsAnswer).ToList();
        if (questions.Count != 1 || answers.Count != 1)
        {
            ledger.Fault($"{message.RunId} stands {questions.Count} times in {message.Session}, with {answers.Count} answers");
        }
        else if (questions[0].Text != message.Text)
        {
            ledger.Fault($"{message.RunId} has another text: {questions[0].Text}");
        }
        else if (answers[0].StopReason == "interrupted")
        {
            Interrupted++;
        }
        else if (answers[0].Text != message.Reply)
        {
            ledger.Fault($"{message.RunId} has the wrong answer ({answers[0].StopReason}): {answers[0].Text}");
        }
    }

    /// <summary>One line of a transcript.</summary>
    private sealed record Line(string RunId, bool IsAnswer, string Text, string? StopReason)
    {
        public static Line Read(JsonElement entry) => new(
            entry.TryGetProperty("runId", out var run) ? run.GetString() ?? "" : "",
            entry.GetProperty("role").GetString() == "assistant",
            string.Concat(entry.GetProperty("content").EnumerateArray().Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : "")),
            entry.TryGetProperty("stopReason", out var reason) ? reason.GetString() : null);
    }
}

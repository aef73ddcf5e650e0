using System.Diagnostics;
using System.Text.Json;

namespace Chela.Load;

/// <summary>When an answer began and ended, in stopwatch ticks, and how long it is.</summary>
internal readonly record struct Answer(long AskedAt, long FirstWordsAt, long EndedAt, int Tokens);

/// <summary>One connection to a model, or to a gateway with a model behind it.</summary>
internal interface IModelConnection : IDisposable
{
    /// <summary>Connects; throws when the other side does not want us.</summary>
    Task OpenAsync();

    /// <summary>Asks and takes in the whole answer.</summary>
    Task<Answer> AskAsync();
}

/// <summary>Connections that ask a model without a pause: how soon its first words come, and how many in a second.</summary>
internal static class RunLoad
{
    /// <summary>Runs for the time of the plan and prints the result.</summary>
    public static async Task<int> RunAsync(LoadPlan plan)
    {
        var connections = Enumerable.Range(0, plan.Connections).Select(_ => Connect(plan)).ToList();
        await Task.WhenAll(connections.Select(connection => connection.OpenAsync()));

        var window = LoadWindow.After(plan);
        var answers = (await Task.WhenAll(connections.Select(connection => AskAsync(connection, window)))).SelectMany(some => some).ToList();
        connections.ForEach(connection => connection.Dispose());
        Console.WriteLine(JsonSerializer.Serialize(Result(answers, plan), LoadJson.Default.RunLoadResult));
        return 0;
    }

    private static async Task<List<Answer>> AskAsync(IModelConnection connection, LoadWindow window)
    {
        var measured = new List<Answer>();
        Answer answer;
        do
        {
            answer = await connection.AskAsync();
            if (window.Contains(answer.EndedAt))
            {
                measured.Add(answer);
            }
        }
        while (answer.EndedAt < window.To);

        return measured;
    }

    private static RunLoadResult Result(List<Answer> answers, LoadPlan plan)
    {
        long[] first = [.. answers.Select(answer => Microseconds(answer.FirstWordsAt - answer.AskedAt)).Order()];
        long[] whole = [.. answers.Select(answer => Microseconds(answer.EndedAt - answer.AskedAt)).Order()];
        var tokens = answers.Sum(answer => (long)answer.Tokens);
        return new RunLoadResult(
            answers.Count, tokens / plan.Seconds, Within(first, 0.5), Within(first, 0.99), Within(whole, 0.5), Within(whole, 0.99));
    }

    private static long Microseconds(long ticks) => (long)(ticks * 1_000_000.0 / Stopwatch.Frequency);

    /// <summary>The time that this share of them stayed within.</summary>
    private static long Within(long[] sorted, double share) => sorted[(int)Math.Ceiling(sorted.Length * share) - 1];

    private static IModelConnection Connect(LoadPlan plan) => plan.Target.Scheme is "ws" or "wss" ? new ChatConnection(plan) : new ModelConnection(plan);
}

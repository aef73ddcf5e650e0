using System.Globalization;
using Chela.Load;

namespace Chela.Bench;

/// <summary>How much later do the words of a model come through the gateway than straight from it, and how many in a second?</summary>
internal static class ModelAnswers
{
    private const int Tokens = 200;

    /// <summary>Each answer is a run in a session of its own, and one client plays many.</summary>
    private static readonly (string Key, string Value)[] Settings =
    [
        ("agents.defaults.model", "bench/instant"),
        ("agents.defaults.maxConcurrent", "64"),
        ("gateway.limits.maxChatPerMinute", "0"),
        ("gateway.limits.maxChatPerMinutePerAddress", "0"),
    ];

    /// <summary>Asks the model, which is a part of the bare Kestrel, straight or through the gateway.</summary>
    public static async Task<IEnumerable<Measurement>> AskAsync(Subject subject, BenchOptions options, int connections)
    {
        await using var model = await RunningServer.StartAsync(new Subject(options.Baseline, IsGateway: false));
        var path = $"/{Tokens}/v1";
        if (!subject.IsGateway)
        {
            return Measurements(await LoadAsync(model, "http", $"{path}/chat/completions", connections, options.Seconds), connections);
        }

        await using var gateway = await StartBeforeAsync(subject, model);
        return Measurements(await LoadAsync(gateway, "ws", "/rpc", connections, options.Seconds), connections);
    }

    /// <summary>Starts a gateway whose model is that bare Kestrel.</summary>
    public static Task<RunningServer> StartBeforeAsync(Subject gateway, RunningServer model) => RunningServer.StartAsync(
        gateway, [.. Settings, ("models.providers.bench.baseUrl", $"http://127.0.0.1:{model.Port}/{Tokens}/v1")]);

    private static IEnumerable<Measurement> Measurements(RunLoadResult result, int connections)
    {
        var question = connections == 1 ? $"answers of {Tokens} tokens, one after the other" : $"answers of {Tokens} tokens, {connections} at the same time";
        return
        [
            new($"{question}: first token p50 (µs)", result.FirstP50),
            new($"{question}: first token p99 (µs)", result.FirstP99),
            new($"{question}: last token p50 (µs)", result.WholeP50),
            new($"{question}: last token p99 (µs)", result.WholeP99),
            new($"{question}: tokens per second", result.TokensPerSecond),
        ];
    }

    private static async Task<RunLoadResult> LoadAsync(RunningServer server, string scheme, string path, int connections, double seconds)
    {
        await using var load = LoadProcess.Start(
            server, scheme, path, "--mode", "runs", "--connections", $"{connections}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture));
        return await load.ReadAsync(LoadJson.Default.RunLoadResult);
    }
}

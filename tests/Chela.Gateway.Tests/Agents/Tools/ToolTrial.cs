using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Agents.Providers;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools;

/// <summary>A gateway without a listener whose model is a script, and whose tools are the test's.</summary>
internal sealed class ToolTrial : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    private ToolTrial(FakeOpenAi model) => Model = model;

    public FakeOpenAi Model { get; }

    public GatewayParts Parts { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<ToolTrial> StartAsync(string? config, params ITool[] tools)
    {
        var trial = new ToolTrial(await FakeOpenAi.StartAsync(Ct));
        trial.Parts = await GatewayParts.StartAsync(
            trial._folder, config: config, models: TestModels.OpenAi("sk-1", trial.Model.BaseUrl, "fake-1"), tools: tools);
        return trial;
    }

    /// <summary>Runs one message to its end.</summary>
    public async Task<TurnResult> RunAsync(string text, Action<Turn>? onTurn = null, string channel = "webchat")
    {
        var turn = new Turn(new InboundMessage(text, SessionKey.Main, text, channel, "test", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        onTurn?.Invoke(turn);
        await Parts.Get<AgentRun>().RunAsync(turn, Ct);
        return await turn.Completion;
    }

    /// <summary>The lines of the transcript.</summary>
    public async Task<IReadOnlyList<TranscriptEntry>> TranscriptAsync()
    {
        var session = Parts.Get<SessionTable>().Find(SessionKey.Main)!;
        using var transcript = Parts.Get<Transcripts>().Open(session.SessionId);
        return await transcript.ReadTailAsync(1000, long.MaxValue, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await Parts.DisposeAsync();
        await Model.DisposeAsync();
        _folder.Dispose();
    }
}

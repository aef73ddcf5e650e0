using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents.Spawning;
using Chela.Gateway.Agents.Tools;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Spawning;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Spawning;

/// <summary>How many sub-agents there may be, in a gateway in which nothing runs.</summary>
[Trait("Requirement", "G1")]
public sealed class SpawnLimitsTests : IAsyncLifetime
{
    private const string Config = """{"agents":{"defaults":{"subagents":{"maxSpawnDepth":2,"maxChildrenPerAgent":2}}}}""";

    private readonly TempFolder _folder = new();
    private GatewayParts _parts = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _parts = await GatewayParts.StartAsync(_folder, config: Config);
        await _parts.Get<SessionTable>().GetOrCreateAsync(SessionKey.Main, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Sub_agents_spawn_down_to_the_depth_that_they_may()
    {
        var first = await AddAsync("1", SessionKey.Main, depth: 1);
        var second = await AddAsync("2", first, depth: 2);

        Check(TurnIn(first));
        Assert.Equal("You are a sub-agent that may spawn none: do it yourself.", Refusal(TurnIn(second)));
    }

    [Fact]
    public async Task Only_those_count_that_wait_or_run()
    {
        var turn = TurnIn(SessionKey.Main);
        await AddAsync("0", SessionKey.Main, depth: 1);
        BeBusy(await AddAsync("1", SessionKey.Main, depth: 1));
        Check(turn);
        BeBusy(await AddAsync("2", SessionKey.Main, depth: 1));

        Assert.Equal("2 of your sub-agents are at work. Spawn more when some have ended.", Refusal(turn));
    }

    [Fact]
    public async Task What_one_message_caused_is_counted_through_all_that_hears_of_it_and_another_message_begins_anew()
    {
        var first = await AddAsync("0", SessionKey.Main, depth: 1);
        for (var number = 1; number < SpawnLimits.MostForOneCause; number++)
        {
            await AddAsync($"{number}", number % 2 == 0 ? SessionKey.Main : first, number % 2 == 0 ? 1 : 2);
        }

        Assert.StartsWith("50 sub-agents were spawned for this task", Refusal(TurnIn(first)), StringComparison.Ordinal);
        Assert.StartsWith("50 sub-agents were spawned for this task", Refusal(TurnIn(SessionKey.Main, SessionSender.Of(first.Value))), StringComparison.Ordinal);
        Check(TurnIn(SessionKey.Main));
    }

    [Fact]
    public async Task A_sub_agent_that_there_is_already_is_no_further_one()
    {
        var first = await AddAsync("1", SessionKey.Main, depth: 1);
        var second = await AddAsync("2", first, depth: 2);

        _parts.Get<SpawnLimits>().Check(TurnIn(second), first);
    }

    private static Turn TurnIn(SessionKey session, string sender = "cli") => new(new InboundMessage("run", session, "Go on.", "webchat", sender, 1));

    private async Task<SessionKey> AddAsync(string id, SessionKey parent, int depth)
    {
        var key = SessionKey.Of("main", $"subagent:{id}");
        await _parts.Get<SessionTable>().TryAddAsync(key, new SessionEntry(key.Value, $"session {id}", 1) { Spawn = new Spawn(parent.Value, "", "asked", depth) });
        return key;
    }

    private void BeBusy(SessionKey session)
    {
        var turn = TurnIn(session);
        _parts.Get<Lanes>().Reserve(turn.Message, new QueueSettings());
        _parts.Get<Lanes>().Expect(turn);
    }

    private void Check(Turn parent) => _parts.Get<SpawnLimits>().Check(parent, SessionKey.Of("main", "subagent:new"));

    private string Refusal(Turn parent) => Assert.Throws<ToolRefusal>(() => Check(parent)).Message;
}

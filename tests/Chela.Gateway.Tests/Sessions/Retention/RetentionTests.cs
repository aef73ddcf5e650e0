using System.Text.Json.Nodes;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Bus.Queue;
using Chela.Gateway.Sessions;
using Chela.Gateway.Sessions.Retention;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Hosting;

namespace Chela.Gateway.Tests.Sessions.Retention;

[Trait("Requirement", "B4")]
public sealed class RetentionTests() : GatewayPartsTest("""{"session":{"maintenance":{"maxEntries":5}}}""")
{
    [Fact]
    public async Task What_is_old_goes_with_its_transcript_and_main_and_named_sessions_stay()
    {
        await Parts.SayAsync("main", SessionCalls.User("x"));
        await Parts.SayAsync("named", SessionCalls.User("x"));
        await Parts.SayAsync("old", SessionCalls.User("x"));
        Parts.Get<SessionTable>().Update(SessionKey.Of("main", "named"), entry => entry with { Label = "Mine" });
        Clock.Advance(TimeSpan.FromDays(31));
        await Parts.SayAsync("new", SessionCalls.User("x"));

        var preview = await CleanAsync(enforce: false);
        var kept = Names();
        var result = await CleanAsync(enforce: true);

        Assert.Equal("""{"mode":"enforce","dryRun":true,"beforeCount":4,"afterCount":4,"unused":0,"pruned":1,"capped":0,"orphans":0}""", preview);
        Assert.Equal("""{"mode":"enforce","dryRun":false,"beforeCount":4,"afterCount":3,"unused":0,"pruned":1,"capped":0,"orphans":0}""", result);
        Assert.Equal(["main", "named", "new", "old"], kept);
        Assert.Equal(["main", "named", "new"], Names());
        Assert.Equal(3, Files().Length);
    }

    [Fact]
    public async Task Of_too_many_sessions_the_oldest_go()
    {
        foreach (var name in new[] { "main", "1", "2", "3", "4", "5", "6" })
        {
            await Parts.SayAsync(name, SessionCalls.User("x"));
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await CleanAsync(enforce: true);

        Assert.Equal(["3", "4", "5", "6", "main"], Names());
    }

    [Fact]
    public async Task Pinned_sessions_stay_however_old_and_many_they_are_and_archived_ones_are_not_too_many()
    {
        foreach (var name in new[] { "p1", "p2", "a1", "1", "2", "3", "4", "5" })
        {
            await Parts.SayAsync(name, SessionCalls.User("x"));
            await Parts.CallAsync("sessions.patch", new JsonObject { ["key"] = name, ["pinned"] = name[0] == 'p', ["archived"] = name[0] == 'a' });
            Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await CleanAsync(enforce: true);
        var afterCount = Names();
        Clock.Advance(TimeSpan.FromDays(31));
        await CleanAsync(enforce: true);
        var afterTime = Names();
        await Parts.CallAsync("sessions.patch", new JsonObject { ["key"] = "p1", ["pinned"] = false });
        Clock.Advance(TimeSpan.FromDays(31));
        await CleanAsync(enforce: true);

        Assert.Equal(["3", "4", "5", "a1", "p1", "p2"], afterCount);
        Assert.Equal(["p1", "p2"], afterTime);
        Assert.Equal(["p2"], Names());
    }

    [Fact]
    [Trait("Requirement", "W4")]
    public async Task A_session_that_a_client_was_given_and_never_used_goes_after_a_day()
    {
        await Parts.SayAsync("session:unused");
        await Parts.SayAsync("session:used", SessionCalls.User("x"));
        await Parts.SayAsync("empty");
        Clock.Advance(CleanupPlan.UnusedAfter);
        var early = await CleanAsync(enforce: true);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await CleanAsync(enforce: true);

        Assert.Contains("\"unused\":0", early, StringComparison.Ordinal);
        Assert.Equal(["empty", "session:used"], Names());
    }

    [Fact]
    public async Task What_runs_or_waits_is_never_removed()
    {
        var key = SessionKey.Of("main", "busy");
        var session = await Parts.SayAsync("busy", SessionCalls.User("x"));
        Clock.Advance(TimeSpan.FromDays(31));
        var message = new InboundMessage("run", key, "Hello", "webchat", "cli", 1);
        var lanes = Parts.Get<Lanes>();
        lanes.Reserve(message, new QueueSettings()); // a message is being written to disk

        await CleanAsync(enforce: true);
        var whileBusy = Names();
        lanes.Release(message);
        Parts.Get<SessionTable>().Update(key, entry => entry);
        var changed = await Parts.Get<SessionRemoval>().RemoveIdleAsync(session);

        Assert.Equal(["busy"], whileBusy);
        Assert.False(changed);
        Assert.Equal(["busy"], Names());
    }

    [Fact]
    public async Task The_transcript_of_a_session_that_began_anew_goes_when_itsClock_has_passed_since()
    {
        var before = await Parts.SayAsync("main", SessionCalls.User("x"));
        var file = Assert.Single(Files());
        File.SetLastWriteTimeUtc(file, Clock.GetUtcNow().AddDays(-100).UtcDateTime);
        await Parts.CallAsync("sessions.reset", new JsonObject { ["key"] = "main" });
        await Parts.SayAsync("main", SessionCalls.User("y"));

        var atOnce = await CleanAsync(enforce: true);
        Clock.Advance(TimeSpan.FromDays(31));
        await CleanAsync(enforce: true);

        Assert.Contains("\"orphans\":0", atOnce, StringComparison.Ordinal);
        Assert.DoesNotContain(before.SessionId, Assert.Single(Files()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateway_cleans_up_soon_after_its_start_and_every_hour()
    {
        await Parts.SayAsync("old", SessionCalls.User("x"));
        var service = Parts.Get<IEnumerable<IHostedService>>().OfType<RetentionClock>().Single();
        await service.StartAsync(Ct);
        await Clock.WhenTimerAsync(RetentionClock.First);

        Clock.Advance(TimeSpan.FromDays(31));
        await Patience.UntilAsync(async _ =>
        {
            await Task.Yield();
            return Names().Length == 0;
        }, "the old session is gone");
        await service.StopAsync(Ct);

        Assert.Empty(Files());
    }

    [Fact]
    public async Task Cleaning_up_is_for_administrators()
    {
        var (_, error) = await Parts.CallAsync("sessions.cleanup", [], OperatorScopes.Write);

        Assert.Equal(RpcErrorKind.Forbidden, error?.Kind);
    }

    private async Task<string> CleanAsync(bool enforce) =>
        (await Parts.CallAsync("sessions.cleanup", new JsonObject { ["enforce"] = enforce })).Result.GetRawText();

    private string[] Names() => [.. Parts.Get<SessionTable>().All.Select(entry => entry.SessionKey.Rest).Order(StringComparer.Ordinal)];

    private string[] Files() => Directory.GetFiles(Path.Combine(Folder.Path, "sessions", "transcripts"), "*", SearchOption.AllDirectories);
}

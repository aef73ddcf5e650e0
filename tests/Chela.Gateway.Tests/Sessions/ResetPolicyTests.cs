using System.Globalization;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Agents;
using Chela.Gateway.Bus;
using Chela.Gateway.Config;
using Chela.Gateway.Sessions;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Sessions;

[Trait("Requirement", "B4")]
public sealed class ResetPolicyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, "2026-07-01T03:59:59+02:00", "2026-06-30T04:00:00+02:00")]
    [InlineData(4, "2026-07-01T04:00:00+02:00", "2026-07-01T04:00:00+02:00")]
    [InlineData(0, "2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00")]
    [InlineData(23, "2026-01-01T22:59:00+01:00", "2025-12-31T23:00:00+01:00")]
    [InlineData(2, "2026-03-29T01:59:59+01:00", "2026-03-28T02:00:00+01:00")] // 2:00 does not come: the clock leaps to 3:00
    [InlineData(2, "2026-03-29T03:00:00+02:00", "2026-03-29T02:00:00+01:00")]
    [InlineData(4, "2026-03-29T04:00:00+02:00", "2026-03-29T04:00:00+02:00")]
    [InlineData(2, "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+02:00")] // 2:00 comes twice: the first time counts
    [InlineData(2, "2026-10-25T02:30:00+01:00", "2026-10-25T02:00:00+02:00")]
    [InlineData(3, "2026-10-25T02:59:59+01:00", "2026-10-24T03:00:00+02:00")]
    public void The_hour_of_the_day_is_that_of_the_clock_on_the_wall_whatever_summer_time_does(int hour, string now, string expected) =>
        Assert.Equal(Time(expected), ResetPolicy.LastBoundary(hour, Time(now), Berlin));

    [Theory]
    [InlineData("{}", "main", "2026-01-01T00:00Z", "2026-01-01T00:00Z", false)] // never by itself
    [InlineData("""{"reset":{"mode":"daily"}}""", "main", "2026-07-01T01:59Z", "2026-07-01T01:59Z", true)] // 3:59 by the clock
    [InlineData("""{"reset":{"mode":"daily"}}""", "main", "2026-07-01T02:00Z", "2026-07-01T02:00Z", false)]
    [InlineData("""{"reset":{"mode":"daily","atHour":13}}""", "main", "2026-07-01T02:00Z", "2026-07-01T11:59Z", false)] // 13:00 is yet to come
    [InlineData("""{"reset":{"mode":"daily","idleMinutes":30}}""", "main", "2026-07-01T02:00Z", "2026-07-01T10:00Z", true)]
    [InlineData("""{"reset":{"mode":"daily","idleMinutes":30}}""", "main", "2026-07-01T02:00Z", "2026-07-01T10:01Z", false)]
    [InlineData("""{"reset":{"mode":"idle"}}""", "main", "2026-01-01T00:00Z", "2026-07-01T09:30Z", true)]
    [InlineData("""{"reset":{"mode":"idle"}}""", "main", "2026-01-01T00:00Z", "2026-07-01T09:31Z", false)]
    [InlineData("""{"reset":{"mode":"idle","idleMinutes":1}}""", "main", "2026-01-01T00:00Z", "2026-07-01T12:00Z", false)] // the clock went back
    [InlineData("""{"reset":{"mode":"idle"},"resetByType":{"group":{"mode":"none"}}}""", "telegram:group:1", "2026-01-01T00:00Z", "2026-01-01T00:00Z", false)]
    [InlineData("""{"reset":{"mode":"idle"},"resetByType":{"group":{"mode":"none"}}}""", "telegram:direct:1", "2026-01-01T00:00Z", "2026-01-01T00:00Z", true)]
    [InlineData("""{"resetByType":{"thread":{"mode":"idle"}}}""", "telegram:group:1:topic:2", "2026-01-01T00:00Z", "2026-01-01T00:00Z", true)]
    [InlineData("""{"resetByType":{"thread":{"mode":"idle"}}}""", "telegram:group:1", "2026-01-01T00:00Z", "2026-01-01T00:00Z", false)]
    [InlineData("""{"resetByType":{"direct":{"mode":"idle"}}}""", "main", "2026-01-01T00:00Z", "2026-01-01T00:00Z", true)]
    [InlineData("""{"resetByType":{"group":{"mode":"none"}},"resetByChannel":{"slack":{"mode":"idle"}}}""", "slack:group:1", "2026-01-01T00:00Z", "2026-01-01T00:00Z", true)]
    [InlineData("""{"resetByChannel":{"slack":{"mode":"idle"}}}""", "slack", "2026-01-01T00:00Z", "2026-01-01T00:00Z", false)] // a name, not a channel
    public void A_session_begins_anew_as_configured(string config, string name, string started, string spoken, bool isDue)
    {
        var session = new SessionEntry($"agent:main:{name}", "id", 0)
        {
            StartedAtMs = Time(started).ToUnixTimeMilliseconds(),
            LastInteractionAtMs = Time(spoken).ToUnixTimeMilliseconds(),
            MessageCount = 2,
        };

        Assert.Equal(isDue, ResetPolicy.IsDue(Config(config), session, Time("2026-07-01T10:30Z"), Berlin));
        Assert.False(ResetPolicy.IsDue(Config(config), session with { MessageCount = 0 }, Time("2026-07-01T10:30Z"), Berlin));
    }

    [Fact]
    public async Task A_message_after_the_pause_begins_the_session_anew_and_its_settings_stay()
    {
        using var folder = new TempFolder();
        var clock = new ManualTimeProvider();
        await using var parts = await GatewayParts.StartAsync(folder, clock, """{"session":{"reset":{"mode":"idle","idleMinutes":10}}}""");
        var first = await SayAsync(parts, clock, "one");
        await parts.Get<SessionTable>().UpdateAsync(SessionKey.Main, entry => entry with { Label = "Mine", QueueMode = "steer" });

        clock.Advance(TimeSpan.FromMinutes(9));
        var second = await SayAsync(parts, clock, "two");
        clock.Advance(TimeSpan.FromMinutes(10));
        var third = await SayAsync(parts, clock, "three");

        Assert.Equal((first.SessionId, 4), (second.SessionId, second.MessageCount));
        Assert.NotEqual(first.SessionId, third.SessionId);
        Assert.Equal(("Mine", "steer", 2, first.CreatedAtMs, "three"), (third.Label, third.QueueMode, third.MessageCount, third.CreatedAtMs, third.Title));
    }

    [Fact]
    public async Task A_transcript_that_has_lost_messages_between_two_records_says_so_once()
    {
        using var folder = new TempFolder();
        var clock = new ManualTimeProvider();
        await using (var before = await GatewayParts.StartAsync(folder, clock))
        {
            await SayAsync(before, clock, "one");
            var file = Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "sessions", "transcripts"), "*", SearchOption.AllDirectories));
            var lines = await File.ReadAllLinesAsync(file, Ct);
            await File.WriteAllTextAsync(file, lines[0] + "\n", Ct);
        }

        await using var parts = await GatewayParts.StartAsync(folder, clock);
        await SayAsync(parts, clock, "two");
        var session = await SayAsync(parts, clock, "three");

        using var transcript = parts.Get<Transcripts>().Open(session.SessionId);
        var said = await transcript.ReadTailAsync(10, 100_000, Ct);
        Assert.Equal(["one", "", "two", "three"], said.Where(entry => entry.Role == "user" || entry.Error is not null).Select(entry => entry.Text));
        Assert.Equal("1 messages of this session are not on disk any more; its transcript was cut.", said[1].Error);
        Assert.Equal(6, session.MessageCount);
    }

    private static TimeZoneInfo Berlin => TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static SessionConfig Config(string session) => ConfigFixture.Load($$"""{"session":{{session}}}""").Config.Session;

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<SessionEntry> SayAsync(GatewayParts parts, ManualTimeProvider clock, string text)
    {
        await parts.Get<AgentRun>().RunAsync(new Turn(new InboundMessage(text, SessionKey.Main, text, "webchat", "test", clock.NowMs)), Ct);
        return parts.Get<SessionTable>().Find(SessionKey.Main)!;
    }
}

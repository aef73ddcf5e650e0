using System.Text.Json.Nodes;
using System.Threading.Channels;
using Chela.Contracts.Channels;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Discord;
using Chela.Gateway.Config;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Channels.Discord;

/// <summary>Whatever happens to the connection with Discord's gateway, nothing is lost and nothing comes twice as long as Discord remembers the session.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C3")]
public sealed class DiscordGatewayTests : IAsyncLifetime, IChannelDoor
{
    private readonly Channel<string> _heard = System.Threading.Channels.Channel.CreateBounded<string>(10_000);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _isFree = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeDiscord _discord = null!;
    private DiscordChannel _channel = null!;
    private DiscordApi _api = null!;
    private bool _isSlow;

    string IChannelDoor.Account => "default";

    public async ValueTask InitializeAsync()
    {
        _discord = await FakeDiscord.StartAsync();
        var config = new ConfigStore(ConfigFixture.Load(new JsonObject { ["channels"] = new JsonObject { ["discord"] = new JsonObject { ["default"] = _discord.Account("{}") } } }.ToJsonString()));
        _api = new DiscordApi(new DiscordLimits(TimeProvider.System), TimeProvider.System);
        var interactions = new DiscordInteractions(_api, TimeProvider.System, NullLogger<DiscordInteractions>.Instance);
        var intake = new DiscordIntake(_api, new DiscordFiles(_api, config, NullLogger<DiscordFiles>.Instance), interactions, new DiscordCommands([]), NullLogger<DiscordIntake>.Instance);
        _channel = new DiscordChannel(_api, new DiscordGateway(_api, intake, TimeProvider.System, new Random(1), NullLogger<DiscordGateway>.Instance), interactions, config);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stop.Dispose();
        _api.Dispose();
        await _discord.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_ends_is_resumed_at_once_and_what_was_said_meanwhile_is_told_then()
    {
        var running = _channel.RunAsync(this, _stop.Token);
        await SaysAndHearsAsync("before");
        _discord.Gateway.Cut();
        await SaysAndHearsAsync("after a cut");
        _discord.Gateway.Say(new JsonObject { ["op"] = 7 });
        await SaysAndHearsAsync("after it asked to connect anew");
        _discord.Gateway.Close(4000);
        await SaysAndHearsAsync("after an unknown error");

        Assert.Single(_discord.Gateway.Of(2));
        Assert.Equal(3, _discord.Gateway.Of(6).Count());
        Assert.False(running.IsCompleted);
    }

    [Fact]
    public async Task A_connection_on_which_nobody_answers_heartbeats_is_left()
    {
        (_discord.Gateway.HeartbeatMs, _discord.Gateway.IsDeaf) = (200, true);
        _ = _channel.RunAsync(this, _stop.Token);
        await _discord.WhenAsync(() => _discord.Gateway.Of(6).Any());

        await SaysAndHearsAsync("are you there");
    }

    [Fact]
    public async Task A_session_that_discord_forgot_begins_anew_after_a_while()
    {
        var running = _channel.RunAsync(this, _stop.Token);
        await SaysAndHearsAsync("before");
        _discord.Gateway.Forget();
        _discord.Gateway.Cut();

        var end = await Assert.ThrowsAsync<HttpRequestException>(() => running);
        _ = _channel.RunAsync(this, _stop.Token);
        await _discord.WhenAsync(() => _discord.Gateway.Of(2).Count() == 2);
        await SaysAndHearsAsync("after");

        Assert.Contains("session", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_resumed_also_after_the_account_was_stopped_for_a_moment()
    {
        using var stop = new CancellationTokenSource();
        var running = _channel.RunAsync(this, stop.Token);
        await SaysAndHearsAsync("before");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        _discord.Say("while it was stopped");

        _ = _channel.RunAsync(this, _stop.Token);

        Assert.Equal("while it was stopped", await HearsAsync());
    }

    [Fact]
    public async Task Heartbeats_go_on_while_a_message_takes_its_time_and_it_counts_as_heard_only_then()
    {
        (_discord.Gateway.HeartbeatMs, _isSlow) = (500, true);
        _ = _channel.RunAsync(this, _stop.Token);
        await _discord.WhenAsync(() => _discord.Gateway.Of(2).Any());
        _discord.Say("this takes long");
        await HearsAsync();
        var beats = _discord.Gateway.Of(1).Count();
        await _discord.WhenAsync(() => _discord.Gateway.Of(1).Count() > beats + 1);
        _discord.Gateway.Cut();
        await _discord.WhenAsync(() => _discord.Gateway.Of(6).Any());

        Assert.Equal("2", _discord.Gateway.Of(6).First().Text("d/seq")); // the message was the third
        _isFree.SetResult();
        Assert.Equal("this takes long", await HearsAsync());
    }

    [Fact]
    public async Task Who_may_begin_no_more_sessions_does_not_try()
    {
        _discord.Answer = (call, _) => call.Path == "/gateway/bot"
            ? (200, $$"""{"url":"{{_discord.Gateway.Url}}","shards":1,"session_start_limit":{"total":1000,"remaining":0,"reset_after":60000,"max_concurrency":1} }""")
            : null;

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => _channel.RunAsync(this, _stop.Token));

        Assert.Contains("00:01:00", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_discord.Gateway.Frames);
    }

    void IChannelDoor.Connected()
    {
    }

    void IChannelDoor.Heard()
    {
    }

    async ValueTask<bool> IChannelDoor.ReceiveAsync(ChannelMessage message, FileFetch? fetch, CancellationToken ct)
    {
        await _heard.Writer.WriteAsync(message.Content, ct);
        if (_isSlow)
        {
            await _isFree.Task.WaitAsync(ct);
        }

        return true;
    }

    private async Task SaysAndHearsAsync(string text)
    {
        await _discord.WhenAsync(() => _discord.Gateway.Of(2).Any());
        _discord.Say(text);
        Assert.Equal(text, await HearsAsync());
    }

    private async Task<string> HearsAsync()
    {
        using var patience = Patience.Begin();
        return await _heard.Reader.ReadAsync(patience.Token);
    }
}

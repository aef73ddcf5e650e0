using Chela.Gateway.Tests.Interop;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>What the gateway is tried against is Slack as Slack's own libraries know it.</summary>
[Trait("Requirement", "C1")]
public sealed class FakeSlackTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Slacks_own_libraries_take_the_fake_for_slack()
    {
        await NodeProgram.InstallAsync(output);
        await using var slack = await FakeSlack.StartAsync();

        var app = NodeProgram.RunAsync(
            "slack-app.mjs", output, ("SLACK_ROOT", slack.Root), ("SLACK_BOT_TOKEN", FakeSlack.BotToken), ("SLACK_APP_TOKEN", FakeSlack.AppToken));
        await slack.WhenAsync(fake => fake.Connections == 1);
        await slack.SayAsync("hello");
        var ended = await app;

        Assert.True(ended.ExitCode == 0, ended.Output);
        Assert.Equal(0, slack.Pending);
        Assert.Equal($"{FakeSlack.BotUser} heard hello", Assert.Single(slack.Sent).Text);
        Assert.Equal(
            ["auth.test", "apps.connections.open", "chat.postMessage", "chat.update", "reactions.add", "files.getUploadURLExternal", "upload", "files.completeUploadExternal"],
            slack.Calls.Select(call => call.Method));
    }
}

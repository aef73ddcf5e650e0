using System.Diagnostics;
using Chela.Gateway.Tests.Architecture;
using Chela.Gateway.Tests.Interop;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>What the gateway is tried against is Slack as Slack's own libraries know it.</summary>
[Trait("Requirement", "C1")]
public sealed class FakeSlackTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Slacks_own_libraries_take_the_fake_for_slack()
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = Path.Combine(Repository.Root, "tests", "interop");
        await new NpmPackage(folder).InstallAsync(ProgramOnPath.Require("npm"), output, ct);
        await using var slack = await FakeSlack.StartAsync();
        var start = new ProcessStartInfo(ProgramOnPath.Require("node"), ["support/slack-app.mjs"]) { WorkingDirectory = folder };
        start.Environment["SLACK_ROOT"] = slack.Root;
        start.Environment["SLACK_BOT_TOKEN"] = FakeSlack.BotToken;
        start.Environment["SLACK_APP_TOKEN"] = FakeSlack.AppToken;

        var app = ForeignProcess.RunAsync(start, output, TimeSpan.FromMinutes(1), ct);
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

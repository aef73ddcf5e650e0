using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>
/// The process dies at a step of its storage while a channel gives it a command, people go on talking after the next start, and then the channel
/// brings the command again, as it must when nobody acknowledged it: what it does happens once, and its reply comes once.
/// </summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "B5")]
[Trait("Requirement", "C2")]
public sealed class ChannelCommandCrashTests
{
    private const string Session = "agent:main:webhook:desk:direct:anna";
    private const int Steps = 4; // the new conversation, the reply in the outbox, the end of the message, and one of the delivery

    [Theory]
    [InlineData("journal.before-write")]
    [InlineData("journal.after-write")]
    [InlineData("journal.after-fsync")]
    public async Task Wherever_the_process_dies_a_command_happens_once_and_is_answered_once(string step)
    {
        for (var times = 1; times <= Steps; times++)
        {
            using var folder = new TempFolder();
            await using var program = await FakeWebhook.StartAsync();
            var start = program.StartIn(folder, more: """{ "commands": { "ownerAllowFrom": ["webhook:anna"] } }""");
            await DieAsync(program, start with { Environment = [("CHELA_CRASH_AT", $"{step}@{times}")] });

            await using var gateway = await GatewayProcess.StartAsync(start);
            await using var client = await gateway.OpenOpenClawAsync();
            var hadBegun = (await client.CallAsync("sessions.list")).List("payload/sessions").Count > 0;
            await program.SendAsync(gateway, "talk", "hello");
            await program.WhenAsync(posts => posts.Any(post => post.RunId == "webhook:desk:talk"));
            Assert.Equal(200, (await program.SendAsync(gateway, "new", "/new")).Status);
            await program.WhenAsync(posts => posts.Any(post => post.RunId == "webhook:desk:new"));
            await Patience.UntilAsync(async _ => (await client.CallAsync("outbox.list")).Text("payload/total") == "0", "nothing waited");

            var replies = program.Posts.Where(post => post.RunId == "webhook:desk:new").DistinctBy(post => post.Key);
            Assert.Equal("A new conversation begins.", Assert.Single(replies).Text);
            Assert.Equal(hadBegun ? 2 : 0, (await client.HistoryAsync(Session)).Count);
        }
    }

    private static async Task DieAsync(FakeWebhook program, GatewayStart start)
    {
        await using var gateway = GatewayProcess.Launch(start);
        if (!await gateway.IsReadyAsync())
        {
            return;
        }

        try
        {
            await program.SendAsync(gateway, "new", "/new");
        }
        catch (HttpRequestException)
        {
            // Nobody acknowledged it.
        }

        gateway.Kill(); // where it lives on: there are fewer steps
        await gateway.EndAsync();
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Sessions.Attachments;
using Chela.Gateway.Tests.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>A gateway whose disk is full for a while.</summary>
[Trait("Requirement", "B4")]
public sealed class FullDiskGatewayTests
{
    private static readonly string Long = new('x', 20_000); // needs room of its own, whatever is left of the last page

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_accepted_is_answered_when_there_is_room_again_and_the_rest_is_refused_in_words()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(await SmallDisk.MountAsync(folder.Path, "8m"), "Mounting a tmpfs needs root.");
        try
        {
            await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("talk", "before", $"/slow 300 {Long} and more");
            await client.ReceiveAsync(frame => frame.Text("payload/runId") == "before" && frame.Text("payload/state") == "delta");
            var ballast = await SmallDisk.FillAsync(folder.File("ballast"), Ct);

            var refused = await client.CallAsync("chat.send", OpenClawWire.ChatParams("talk", "during", Long));
            var history = await client.HistoryAsync("talk");
            var full = await client.CallAsync("health", new JsonObject { ["probe"] = true });
            await client.ReceiveAsync(frame => frame.Text("payload/runId") == "before" && (frame.Text("payload/message/content/0/text") ?? "").EndsWith("more", StringComparison.Ordinal));
            File.Delete(ballast);
            var end = await client.ChatEndAsync("before");
            var after = await client.SendChatAsync("talk", "during", Long);
            await client.ChatEndAsync("during");

            Assert.Equal(("UNAVAILABLE", "the message could not be written to disk and was not accepted; is the disk full?"), (refused.Text("error/code"), refused.Text("error/message")));
            Assert.Single(history);
            Assert.Equal(("down", "down"), (full.Text("payload/state"), full.Text("payload/parts/storage/state")));
            Assert.Equal("final", end.Text("state"));
            Assert.Equal("started", after);
            Assert.Equal(4, (await client.HistoryAsync("talk")).Count);
        }
        finally
        {
            await SmallDisk.UnmountAsync(folder.Path);
        }
    }

    [Fact]
    public async Task A_message_with_a_file_that_has_no_room_is_refused_in_words()
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(await SmallDisk.MountAsync(folder.Path, "8m"), "Mounting a tmpfs needs root.");
        try
        {
            await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path));
            await using var client = await gateway.OpenOpenClawAsync();
            var ballast = await SmallDisk.FillAsync(folder.File("ballast"), Ct);

            var refused = await SendAsync();
            File.Delete(ballast);
            var taken = await SendAsync();
            await client.ChatEndAsync("run");

            Assert.Equal(
                ("UNAVAILABLE", "attachment long.txt: could not be written to disk, and nothing was accepted; is the disk full?"),
                (refused.Text("error/code"), refused.Text("error/message")));
            Assert.Equal("started", taken.Text("payload/status"));

            Task<JsonElement> SendAsync()
            {
                var parameters = OpenClawWire.ChatParams("talk", "run", "");
                parameters["attachments"] = new JsonArray(SampleFiles.ToSend(Encoding.UTF8.GetBytes(Long), "long.txt"));
                return client.CallAsync("chat.send", parameters);
            }
        }
        finally
        {
            await SmallDisk.UnmountAsync(folder.Path);
        }
    }
}

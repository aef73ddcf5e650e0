using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Sessions that a person pinned or archived, through the real executable.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "W5")]
public sealed class PinnedSessionTests
{
    [Fact]
    public async Task What_was_pinned_and_archived_is_so_after_a_kill_until_it_is_taken_back()
    {
        using var home = new TempFolder();
        var start = new GatewayStart(home.Path);
        await using (var gateway = await GatewayProcess.StartAsync(start))
        {
            await using var client = await gateway.OpenOpenClawAsync();
            await client.SendChatAsync("main", "run", "Hello");
            await client.ChatEndAsync("run");
            var patched = await client.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["pinned"] = true, ["archived"] = true });
            Assert.NotNull(patched.Text("payload/entry/pinnedAt"));
            Assert.Empty(await ListAsync(client, []));
            gateway.Kill();
        }

        await using var next = await GatewayProcess.StartAsync(start);
        await using var reader = await next.OpenOpenClawAsync();
        var hidden = await ListAsync(reader, []);
        var asked = await ListAsync(reader, new JsonObject { ["archived"] = "all" });
        await reader.CallAsync("sessions.patch", new JsonObject { ["key"] = "main", ["archived"] = false });
        var back = await ListAsync(reader, []);

        Assert.Empty(hidden);
        Assert.Equal(["agent:main:main pinned:true archived:true manual"], asked);
        Assert.Equal(["agent:main:main pinned:true archived:false "], back);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(WireClient client, JsonObject query)
    {
        var answer = await client.CallAsync("sessions.list", query);
        return
        [
            .. answer.List("payload/sessions").Select(
                row => $"{row.Text("key")} pinned:{row.Text("pinned")} archived:{row.Text("archived")} {row.Text("archiveReason")}"),
        ];
    }
}

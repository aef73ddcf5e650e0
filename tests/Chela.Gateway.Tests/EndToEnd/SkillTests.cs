using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>Skills at the real executable: the model hears of them, and reads the one that it needs.</summary>
[Trait("Requirement", "G4")]
public sealed class SkillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task A_model_is_told_of_skills_that_can_be_used_and_reads_one_when_it_needs_it()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        fake.Enqueue(FakeOpenAiReply.Calls(("fs_read", """{"path":"skills/turtles/SKILL.md"}""")), FakeOpenAiReply.Text("Slowly."));
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")],
        });
        await using var client = await gateway.OpenOpenClawAsync();
        var skills = (await client.CallAsync("skills.status")).Text("payload/managedSkillsDir")!;
        Write(skills, "turtles", "name: turtles\ndescription: How to keep turtles.");
        Write(skills, "absent", "name: absent\ndescription: Wants more.\nmetadata: {openclaw: {requires: {bins: [no-such-program]}}}");
        Write(skills, "broken", "name: [");

        var status = (await client.CallAsync("skills.status", new() { ["agentId"] = "main" })).List("payload/skills");
        await client.SendChatAsync("main", "run", "How do I keep turtles?");
        await client.ChatEndAsync("run");

        Assert.Equal(["absent false", "broken false", "turtles true"], status.Select(skill => $"{skill.Text("name")} {skill.Text("eligible")}"));
        Assert.Equal("no-such-program", status[0].Text("missing/bins/0"));
        var told = fake.Requests[0].Messages[0];
        Assert.EndsWith("\n\n- turtles: How to keep turtles. [skills/turtles/SKILL.md]", told, StringComparison.Ordinal);
        Assert.DoesNotContain("absent", told, StringComparison.Ordinal);
        Assert.Contains("Do it with patience.", fake.Requests[1].Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task A_skill_that_is_switched_off_is_told_to_no_agent_until_it_is_switched_on_again()
    {
        await using var fake = await FakeOpenAi.StartAsync(Ct);
        using var folder = new TempFolder();
        await using var gateway = await GatewayProcess.StartAsync(new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_BASE_URL", fake.BaseUrl), ("CHELA_MODEL", "openai/fake-1")],
        });
        await using var client = await gateway.OpenOpenClawAsync();
        Write((await client.CallAsync("skills.status")).Text("payload/managedSkillsDir")!, "turtles", "name: slow.turtles\ndescription: How to keep turtles.");

        var off = await client.CallAsync("skills.update", new() { ["skillKey"] = "slow.turtles", ["enabled"] = false });
        await client.SendChatAsync("one", "one", "How do I keep turtles?");
        await client.ChatEndAsync("one");
        var status = (await client.CallAsync("skills.status")).List("payload/skills").Single();
        await client.CallAsync("skills.update", new() { ["skillKey"] = "slow.turtles", ["enabled"] = true });
        await client.SendChatAsync("two", "two", "How do I keep turtles?");
        await client.ChatEndAsync("two");
        var card = await client.CallAsync("skills.skillCard", new() { ["skillKey"] = "slow.turtles" });

        Assert.Equal(("slow.turtles", "false"), (off.Text("payload/skillKey"), off.Text("payload/config/enabled")));
        Assert.Equal(("true", "false"), (status.Text("disabled"), status.Text("eligible")));
        Assert.DoesNotContain("How to keep turtles.", fake.Requests[0].Messages[0], StringComparison.Ordinal);
        Assert.Contains("How to keep turtles.", fake.Requests[1].Messages[0], StringComparison.Ordinal);
        Assert.EndsWith("Do it with patience.\n", card.Text("payload/content"), StringComparison.Ordinal);
        foreach (var (wrong, why) in new[]
        {
            (new JsonObject { ["skillKey"] = "none", ["enabled"] = false }, "no agent has such a skill"),
            (new JsonObject { ["skillKey"] = "slow.turtles", ["apiKey"] = "a-key" }, "get no variables"),
            (new JsonObject { ["source"] = "clawhub", ["all"] = true }, "no hub"),
        })
        {
            Assert.Contains(why, (await client.CallAsync("skills.update", wrong)).Text("error/message"), StringComparison.Ordinal);
        }
    }

    private static void Write(string skills, string name, string matter)
    {
        Directory.CreateDirectory(Path.Combine(skills, name));
        File.WriteAllText(Path.Combine(skills, name, "SKILL.md"), $"---\n{matter}\n---\nDo it with patience.\n");
    }
}

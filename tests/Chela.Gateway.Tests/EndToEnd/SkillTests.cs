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

    private static void Write(string skills, string name, string matter)
    {
        Directory.CreateDirectory(Path.Combine(skills, name));
        File.WriteAllText(Path.Combine(skills, name, "SKILL.md"), $"---\n{matter}\n---\nDo it with patience.\n");
    }
}

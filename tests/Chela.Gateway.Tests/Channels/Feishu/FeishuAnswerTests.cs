using System.Text.Json.Nodes;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>What agents do on Feishu besides speaking: they ask for leave with buttons, and send files.</summary>
[Trait("Requirement", "C1")]
[Trait("Requirement", "C4")]
public sealed class FeishuAnswerTests
{
    [Fact]
    [Trait("Requirement", "G3")]
    public async Task A_button_decides_on_a_tool_for_owners_alone_and_the_agent_sends_files_of_its_workspace()
    {
        using var folder = new TempFolder();
        await using var feishu = await FakeFeishu.StartAsync();
        await using var model = await FakeOpenAi.StartAsync(TestContext.Current.CancellationToken);
        model.Enqueue(FakeOpenAiReply.Calls(("fs_write", """{"path":"out/note.txt","content":"Hello."}""")));
        model.Enqueue(FakeOpenAiReply.Calls(("message_send", """{"text":"Here it is.","files":["out/note.txt"]}""")), FakeOpenAiReply.Text("It is sent."));
        var start = new GatewayStart(folder.Path)
        {
            Environment = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_BASE_URL", model.BaseUrl), ("CHELA_TOOLS__ASK", "fs.write")],
        };
        FeishuGateway.Configure(
            start, new JsonObject { ["default"] = feishu.Account("""{ "allowFrom": ["ou_anna", "ou_bob"] }""") }, """{ "commands": { "ownerAllowFrom": ["feishu:ou_anna"] } }""");
        await using var gateway = await GatewayProcess.StartAsync(start);

        feishu.Say("Write a note and send it.");
        await feishu.WhenAsync(fake => fake.Sent.Count > 0);
        var question = feishu.Sent[0];
        Assert.Equal(["Allow once", "Allow this session", "Allow always", "Deny"], question.Buttons.Select(button => button!["text"]!["content"]!.ToString()));
        feishu.Press(question, 0, from: "ou_bob");
        await feishu.WhenAsync(fake => fake.Line.Waiting == 0);
        Assert.Single(feishu.Sent);
        feishu.Press(question, 0);
        await feishu.SaidAsync("It is sent.");

        var upload = Assert.Single(feishu.Calls, call => call.Path.EndsWith("/im/v1/files", StringComparison.Ordinal)).Body;
        Assert.Equal(("stream", "note.txt", "Hello."), (upload.Text("file_type"), upload.Text("file_name"), upload.Text("file")));
        var sent = Assert.Single(feishu.Sent, call => call.Body.Text("msg_type") == "file");
        Assert.Equal(("oc_with_ou_anna", """{"file_key":"file_1"}"""), (sent.Chat, sent.Body.Text("content")));
        Assert.Contains(feishu.Sent, call => call.Text == "Here it is.");
    }
}

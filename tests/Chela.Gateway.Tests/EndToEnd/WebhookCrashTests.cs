using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.EndToEnd;

/// <summary>SIGKILL while answers go out: each arrives, whole, in order, and for a program that knows its keys once.</summary>
[Trait("Requirement", "B4")]
[Trait("Requirement", "C2")]
public sealed class WebhookCrashTests
{
    private const int Rounds = 5;
    private const int Each = 4;
    private static readonly string Long = string.Join(' ', Enumerable.Range(1, 40).Select(n => $"word{n}"));

    [Fact]
    public async Task Killed_at_many_instants_the_gateway_answers_every_message_that_it_took_in()
    {
        using var folder = new TempFolder();
        await using var program = await FakeWebhook.StartAsync();
        var start = program.StartIn(folder, textChunkLimit: 100);
        var sent = new List<(string Chat, string RunId)>();
        for (var round = 0; round < Rounds; round++)
        {
            var before = program.Posts.Count;
            await using var gateway = await GatewayProcess.StartAsync(start);
            for (var number = 0; number < Each; number++)
            {
                var (chat, id) = ($"chat{number % 2}", $"{round}-{number}");
                var (status, answer) = await program.SendAsync(gateway, id, Long, chat);
                Assert.Equal((200, "accepted"), (status, answer.Text("status")));
                sent.Add((chat, answer.Text("runId")!));
            }

            await program.WhenAsync(posts => posts.Count >= before + (3 * round)); // the later the round, the later the blow
            gateway.Kill();
        }

        await using var last = await GatewayProcess.StartAsync(start);
        await program.WhenAsync(posts => sent.All(message => IsWhole(posts, message.RunId)));
        await using var rpc = await last.OpenJsonRpcAsync();
        await Patience.UntilAsync(async _ => (await rpc.CallRpcAsync("outbox.list")).Text("result/total") == "0", "nothing waited");

        foreach (var chat in sent.GroupBy(message => message.Chat))
        {
            var arrived = program.Posts.Where(post => post.Chat == chat.Key).DistinctBy(post => post.Key).ToList();
            Assert.Equal(chat.Select(message => message.RunId), arrived.Select(post => post.RunId).Distinct());
            Assert.All(arrived.GroupBy(post => post.RunId), pieces => Assert.Equal(Enumerable.Range(1, pieces.First().Pieces), pieces.Select(post => post.Piece)));
        }

        Assert.All(
            program.Posts.GroupBy(post => post.Key),
            same => Assert.Single(same.Select(post => (post.Text, post.Pieces)).Distinct())); // what comes again says the same
    }

    private static bool IsWhole(IReadOnlyList<PostedReply> posts, string runId) =>
        posts.FirstOrDefault(post => post.RunId == runId) is { } first
        && posts.Where(post => post.RunId == runId).Select(post => post.Piece).Distinct().Count() == first.Pieces;
}

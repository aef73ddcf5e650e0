using System.Text;
using System.Text.Json.Nodes;
using Chela.Contracts.Messages;
using Chela.Contracts.Sessions;
using Chela.Gateway.Bus;
using Chela.Gateway.Sessions.Retention;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Rpc;

namespace Chela.Gateway.Tests.Sessions.Retention;

[Trait("Requirement", "B4")]
public sealed class AttachmentSweepTests : GatewayPartsTest
{
    [Fact]
    public async Task What_nothing_names_goes_and_what_a_transcript_or_a_message_that_waits_names_stays()
    {
        await Parts.SayAsync("main", SessionCalls.User("x") with { Attachments = [await AddAsync("said")] });
        await Parts.SayAsync("gone", SessionCalls.User("x") with { Attachments = [await AddAsync("left behind")] });
        await Parts.CallAsync("sessions.delete", new JsonObject { ["key"] = "gone", ["deleteTranscript"] = false });
        var waiting = new InboundMessage("run", SessionKey.Main, "", "webchat", "cli", 1) { Attachments = [await AddAsync("waits")] };
        await Parts.Get<Inbox>().AcceptAsync(waiting);
        await AddAsync("nobody's");
        Clock.Advance(AttachmentSweep.Grace + TimeSpan.FromSeconds(1));
        await AddAsync("just came");

        await SweepAsync();
        var whileItWaits = Left();
        Parts.Get<Inbox>().End(waiting, 2);
        await SweepAsync();

        Assert.Equal(["just came", "left behind", "said", "waits"], whileItWaits);
        Assert.Equal(["just came", "left behind", "said"], Left());
    }

    [Fact]
    public async Task The_files_of_a_deleted_session_go_with_the_next_clean_up_unless_another_one_has_them_too()
    {
        var shared = await AddAsync("shared");
        await Parts.SayAsync("a", SessionCalls.User("x") with { Attachments = [shared, await AddAsync("own")] });
        await Parts.SayAsync("b", SessionCalls.User("x") with { Attachments = [shared] });
        await Parts.CallAsync("sessions.delete", new JsonObject { ["key"] = "a" });
        Clock.Advance(AttachmentSweep.Grace + TimeSpan.FromSeconds(1));

        await Parts.CallAsync("sessions.cleanup", []);
        var preview = Left();
        await Parts.CallAsync("sessions.cleanup", new JsonObject { ["enforce"] = true });

        Assert.Equal(["own", "shared"], preview);
        Assert.Equal(["shared"], Left());
    }

    [Fact]
    public async Task As_long_as_a_transcript_cannot_be_read_nothing_goes()
    {
        var session = await Parts.SayAsync("main", SessionCalls.User("one"), SessionCalls.User("two"), SessionCalls.User("three"));
        await AddAsync("nobody's");
        Clock.Advance(AttachmentSweep.Grace + TimeSpan.FromSeconds(1));
        var file = Directory.GetFiles(Folder.Path, session.SessionId + "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        await File.WriteAllBytesAsync(file, [.. bytes[..20], (byte)(bytes[20] ^ 1), .. bytes[21..]], Ct);

        await SweepAsync();
        var whileDamaged = Left();
        await File.WriteAllBytesAsync(file, bytes, Ct);
        await SweepAsync();

        Assert.Equal(["nobody's"], whileDamaged);
        Assert.Empty(Left());
    }

    [Fact]
    public async Task It_looks_once_a_day_and_when_transcripts_have_gone()
    {
        var sweep = Parts.Get<AttachmentSweep>();
        await sweep.RunWhenDueAsync(hasFreed: false, Ct);
        await AddAsync("nobody's");
        Clock.Advance(TimeSpan.FromHours(23));

        await sweep.RunWhenDueAsync(hasFreed: false, Ct);
        var early = Left();
        Clock.Advance(TimeSpan.FromHours(1));
        await sweep.RunWhenDueAsync(hasFreed: false, Ct);
        var later = Left();
        await AddAsync("nobody's");
        Clock.Advance(TimeSpan.FromHours(2));
        await sweep.RunWhenDueAsync(hasFreed: true, Ct);

        Assert.Equal(["nobody's"], early);
        Assert.Empty(later);
        Assert.Empty(Left());
    }

    private Task SweepAsync() => Parts.Get<AttachmentSweep>().RunAsync(Ct);

    private async Task<Attachment> AddAsync(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        Assert.True(await Parts.Get<BlobFolder>().TryAddAsync(content, long.MaxValue));
        return new Attachment(BlobFolder.HashOf(content), "text/plain", "a.txt", content.Length);
    }

    private string[] Left() =>
        [.. Directory.GetFiles(Path.Combine(Folder.Path, "attachments"), "*", SearchOption.AllDirectories).Select(File.ReadAllText).Order(StringComparer.Ordinal)];
}

using Chela.Contracts.Errors;
using Chela.Contracts.Messages;
using Chela.Gateway.Access.Senders;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>Strangers are given codes, and are let in by them.</summary>
[Trait("Requirement", "A9")]
public sealed class SenderBookTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_may_wait_at_an_account_and_each_is_given_one_code_within_the_hour()
    {
        using var book = await OpenAsync();

        var codes = new[] { await AskAsync(book, "1"), await AskAsync(book, "2"), await AskAsync(book, "3") };

        Assert.All(codes, code => Assert.Matches("^[A-HJ-NP-Z2-9]{8}$", code!));
        Assert.Equal(3, codes.Distinct().Count());
        Assert.Null(await AskAsync(book, "1"));
        Assert.Null(await AskAsync(book, "4"));
        Assert.NotNull(await AskAsync(book, "4", account: "other"));
        _time.Advance(SenderBook.Validity);
        Assert.Empty(book.Waiting);
        Assert.NotNull(await AskAsync(book, "4"));
    }

    [Fact]
    public async Task A_code_lets_in_one_person_at_one_account_once_and_that_is_known_after_a_restart()
    {
        string code;
        using (var book = await OpenAsync())
        {
            code = (await AskAsync(book, "1"))!;
            await Assert.ThrowsAsync<RpcException>(() => book.ApproveAsync("telegram", "other", code, "me"));
            await Assert.ThrowsAsync<RpcException>(() => book.ApproveAsync("telegram", "default", "ABCDEFGH", "me"));
            Assert.Equal("1", (await book.ApproveAsync("telegram", "default", code.ToLowerInvariant(), "me")).SenderId);
            await Assert.ThrowsAsync<RpcException>(() => book.ApproveAsync("telegram", "default", code, "me"));
        }

        using var again = await OpenAsync();

        Assert.True(again.IsPaired("telegram", "default", "1"));
        Assert.False(again.IsPaired("telegram", "other", "1"));
        Assert.False(again.IsPaired("telegram", "default", "2"));
        Assert.True(await again.RemoveAsync("telegram", "default", "1"));
        Assert.False(await again.RemoveAsync("telegram", "default", "1"));
        Assert.False(again.IsPaired("telegram", "default", "1"));
    }

    [Fact]
    public async Task Somebody_whose_name_the_platform_does_not_tell_is_there_after_a_restart()
    {
        string code;
        using (var book = await OpenAsync())
        {
            code = (await book.AskAsync(new ReplyTarget("telegram", "default", "1"), "1", null, Ct))!;
        }

        using (var again = await OpenAsync())
        {
            Assert.Equal("1", Assert.Single(again.Waiting).SenderId);
            await again.ApproveAsync("telegram", "default", code, "me");
        }

        using var last = await OpenAsync();
        Assert.Null(Assert.Single(last.Paired).Name);
    }

    [Fact]
    public async Task A_code_that_was_dismissed_or_is_an_hour_old_lets_nobody_in()
    {
        using var book = await OpenAsync();
        var dismissed = (await AskAsync(book, "1"))!;
        await book.DismissAsync("telegram", "default", dismissed);
        var old = (await AskAsync(book, "2"))!;
        _time.Advance(SenderBook.Validity);

        await Assert.ThrowsAsync<RpcException>(() => book.ApproveAsync("telegram", "default", dismissed, "me"));
        await Assert.ThrowsAsync<RpcException>(() => book.ApproveAsync("telegram", "default", old, "me"));
        Assert.Empty(book.Paired);
    }

    [Fact]
    public async Task A_damaged_file_lets_nobody_in_and_is_named()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "senders.json"), """{"paired": [{"channel": "telegram"}]""");
        using var book = new SenderBook(new DocumentFile(Path.Combine(_folder.Path, "senders.json")), _time);

        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => book.LoadAsync(Ct));

        Assert.Contains("senders.json", damaged.Message, StringComparison.Ordinal);
    }

    private async Task<SenderBook> OpenAsync()
    {
        var book = new SenderBook(new DocumentFile(Path.Combine(_folder.Path, "senders.json")), _time);
        await book.LoadAsync(Ct);
        return book;
    }

    private static Task<string?> AskAsync(SenderBook book, string sender, string account = "default") =>
        book.AskAsync(new ReplyTarget("telegram", account, sender), sender, "Somebody", Ct);
}

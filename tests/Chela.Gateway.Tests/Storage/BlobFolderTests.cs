using System.Text;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chela.Gateway.Tests.Storage;

[Trait("Requirement", "B4")]
public sealed class BlobFolderTests : IDisposable
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private Action<string> _atStep = _ => { };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Root => _folder.File("blobs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Content_lies_once_under_its_hash_for_its_owner_alone()
    {
        var blobs = Open();

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => blobs.TryAddAsync(Hello, 1000)));

        Assert.All(added, Assert.True);
        var file = Assert.Single(Files());
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", Path.GetFileName(file));
        Assert.Equal(Path.Combine(Root, "2c"), Path.GetDirectoryName(file));
        Assert.Equal(Hello, await blobs.ReadAsync(BlobFolder.HashOf(Hello), 5, Ct));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Theory]
    [InlineData("hellp", 5)] // a bit flipped
    [InlineData("hell", 5)] // cut
    [InlineData("hello ", 5)] // grown
    [InlineData("", 5)]
    [InlineData("hello", 6)] // another length is expected
    public async Task What_is_not_what_it_was_is_not_given_out_and_is_whole_again_when_it_comes_again(string now, int bytes)
    {
        var blobs = Open();
        await blobs.TryAddAsync(Hello, 1000);
        await File.WriteAllTextAsync(Files().Single(), now, Ct);

        var damaged = await blobs.ReadAsync(BlobFolder.HashOf(Hello), bytes, Ct);
        await blobs.TryAddAsync(Hello, 1000);

        Assert.Null(damaged);
        Assert.Equal(Hello, await blobs.ReadAsync(BlobFolder.HashOf(Hello), 5, Ct));
        Assert.Equal(Hello, await File.ReadAllBytesAsync(Files().Single(), Ct));
    }

    [Fact]
    public async Task What_is_not_there_is_not_given_out()
    {
        Assert.Null(await Open().ReadAsync(BlobFolder.HashOf(Hello), 5, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Open().ReadAsync("../../etc/passwd", 5, Ct));
    }

    [Fact]
    public async Task No_more_lies_there_than_may_and_what_lies_there_is_taken_again()
    {
        var blobs = Open();
        Assert.True(await blobs.TryAddAsync(Hello, 10));
        Assert.True(await blobs.TryAddAsync("world"u8.ToArray(), 10));

        Assert.False(await blobs.TryAddAsync("!"u8.ToArray(), 10));
        Assert.True(await blobs.TryAddAsync(Hello, 10));
        Assert.Equal((10L, 10L, 2), (blobs.Bytes, Open().Bytes, Files().Length));
    }

    [Fact]
    public async Task What_is_old_and_not_needed_goes_and_what_came_again_stays()
    {
        var blobs = Open();
        foreach (var text in new[] { "needed", "again", "old" })
        {
            await blobs.TryAddAsync(Encoding.UTF8.GetBytes(text), 1000);
        }

        _clock.Advance(TimeSpan.FromHours(2));
        await blobs.TryAddAsync("again"u8.ToArray(), 1000);
        await blobs.TryAddAsync("new"u8.ToArray(), 1000);
        var limit = _clock.GetUtcNow() - TimeSpan.FromHours(1);

        Assert.True(blobs.HasOlderThan(limit));
        Assert.Equal((1, 3L), blobs.DeleteOlderThan(limit, hash => hash == BlobFolder.HashOf("needed"u8), Ct));
        Assert.Equal(["again", "needed", "new"], Files().Select(File.ReadAllText).Order());
        Assert.Equal(14, blobs.Bytes);
    }

    [Theory]
    [InlineData(StorageSteps.BlobBeforeWrite, 0)]
    [InlineData(StorageSteps.BlobBeforeRename, 1)]
    [InlineData(StorageSteps.BlobAfterRename, 1)]
    [InlineData(StorageSteps.BlobAfterFsync, 1)]
    public async Task Wherever_a_write_ends_there_is_whole_content_or_none_and_the_rest_goes_with_time(string step, int files)
    {
        _atStep = passed =>
        {
            if (passed == step)
            {
                throw new SimulatedCrashException(step);
            }
        };
        await Assert.ThrowsAsync<SimulatedCrashException>(() => Open().TryAddAsync(Hello, 1000));
        _atStep = _ => { };
        Assert.Equal(files, Files().Length);

        var next = Open();
        var before = await next.ReadAsync(BlobFolder.HashOf(Hello), 5, Ct);
        await next.TryAddAsync(Hello, 1000);
        next.DeleteOlderThan(_clock.GetUtcNow() + TimeSpan.FromHours(1), hash => hash == BlobFolder.HashOf(Hello), Ct);

        Assert.True(before is null || before.AsSpan().SequenceEqual(Hello));
        Assert.Equal(Hello, await next.ReadAsync(BlobFolder.HashOf(Hello), 5, Ct));
        Assert.Single(Files());
        Assert.Equal(5, next.Bytes);
    }

    [Fact]
    public async Task A_full_disk_refuses_and_keeps_nothing_of_it()
    {
        Assert.SkipUnless(await SmallDisk.MountAsync(_folder.Path, "512k"), "Mounting a tmpfs needs root.");
        try
        {
            var blobs = Open();
            await blobs.TryAddAsync(Hello, long.MaxValue);

            await Assert.ThrowsAnyAsync<IOException>(() => blobs.TryAddAsync(new byte[1_000_000], long.MaxValue));

            Assert.Single(Files());
            Assert.Equal(5, blobs.Bytes);
            Assert.True(await blobs.TryAddAsync(new byte[1000], long.MaxValue));
        }
        finally
        {
            await SmallDisk.UnmountAsync(_folder.Path);
        }
    }

    private BlobFolder Open() => new(Root, step => _atStep(step), _clock, NullLogger<BlobFolder>.Instance);

    private string[] Files() => Directory.Exists(Root) ? Directory.GetFiles(Root, "*", SearchOption.AllDirectories) : [];
}

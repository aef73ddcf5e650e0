using System.Text;
using Chela.Gateway.Access;
using Chela.Gateway.Config;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Config;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>A rotation on disk: what opens after it, after its end, and after a crash at any step of it.</summary>
[Trait("Requirement", "A3")]
public sealed class TokenRotationTests : IDisposable
{
    private const string Old = "the-old-token-of-this-trial";
    private const string New = "the-new-token-of-this-trial";
    private const string Newest = "the-newest-token-of-this-trial";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private string TokenPath => _folder.File("gateway.token");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Both_tokens_open_until_the_overlap_ends()
    {
        var (rotation, secrets) = await StartAsync();
        using var _ = rotation;
        var ends = 0;
        secrets.Attach(_ => ends++);

        var endsAtMs = await rotation.RotateAsync(New, Hour, TestContext.Current.CancellationToken);

        Assert.Equal(_time.NowMs + 3_600_000, endsAtMs);
        var generation = secrets.Match(Old)!;
        Assert.NotNull(secrets.Match(New));
        _time.Advance(Hour - TimeSpan.FromMilliseconds(1));
        Assert.True(secrets.IsValid(generation));
        Assert.Equal(0, ends);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(secrets.Match(Old));
        Assert.False(secrets.IsValid(generation));
        Assert.Equal(1, ends);
        Assert.NotNull(secrets.Match(New));
    }

    [Fact]
    public async Task Without_an_overlap_every_old_token_ends_at_once()
    {
        var (rotation, secrets) = await StartAsync();
        using var _ = rotation;
        await rotation.RotateAsync(New, Hour, TestContext.Current.CancellationToken);

        await rotation.RotateAsync(Newest, TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Equal((false, false, true), (secrets.Match(Old) is not null, secrets.Match(New) is not null, secrets.Match(Newest) is not null));
    }

    [Fact]
    public async Task The_overlap_survives_a_restart_and_ends_when_it_was_to_end()
    {
        var (first, _) = await StartAsync();
        await first.RotateAsync(New, Hour, TestContext.Current.CancellationToken);
        first.Dispose();

        _time.Advance(TimeSpan.FromMinutes(30));
        var (second, secrets) = await RestartAsync();
        using var _2 = second;
        var ended = false;
        secrets.Attach(_ => ended = true);

        Assert.NotNull(secrets.Match(Old));
        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(secrets.Match(Old));
        Assert.NotNull(secrets.Match(New));
        Assert.True(ended);
    }

    [Fact]
    public async Task The_file_holds_the_new_token_in_one_line_and_no_old_one_lies_about()
    {
        var (rotation, _) = await StartAsync();
        using var _2 = rotation;

        await rotation.RotateAsync(New, Hour, TestContext.Current.CancellationToken);

        Assert.Equal(New + "\n", await File.ReadAllTextAsync(TokenPath, TestContext.Current.CancellationToken));
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            Assert.DoesNotContain(Old, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task No_more_than_four_old_tokens_open()
    {
        var (rotation, secrets) = await StartAsync();
        using var _ = rotation;

        for (var i = 0; i < 5; i++)
        {
            await rotation.RotateAsync($"{New}-{i}", Hour, TestContext.Current.CancellationToken);
        }

        Assert.Null(secrets.Match(Old));
        Assert.NotNull(secrets.Match($"{New}-0"));
        Assert.Equal(TokenRotation.MaxFormer, secrets.Former.Count);
    }

    /// <summary>Stops the rotation at its n-th step on disk, as a crash would, and starts again.</summary>
    [Fact]
    public async Task A_crash_at_any_step_leaves_a_valid_token_and_the_end_of_an_earlier_overlap()
    {
        var crashed = 0;
        for (var step = 1; ; step++)
        {
            File.Delete($"{TokenPath}.former");
            var (earlier, _) = await StartAsync();
            await earlier.RotateAsync(New, Hour, TestContext.Current.CancellationToken);
            earlier.Dispose();
            var isOver = await CrashAtAsync(step);
            crashed += isOver ? 0 : 1;

            var (rotation, secrets) = await RestartAsync();
            using var _ = rotation;
            var present = (await File.ReadAllTextAsync(TokenPath, TestContext.Current.CancellationToken)).Trim();
            Assert.Contains(present, new[] { New, Newest });
            Assert.NotNull(secrets.Match(present));
            Assert.NotNull(secrets.Match(New));
            Assert.NotNull(secrets.Match(Old));
            _time.Advance(Hour);
            Assert.Null(secrets.Match(Old));
            Assert.NotNull(secrets.Match(present));
            if (isOver)
            {
                break;
            }
        }

        Assert.InRange(crashed, 4, 100);
    }

    [Fact]
    public async Task A_damaged_list_of_old_tokens_is_named_and_not_guessed_at()
    {
        await File.WriteAllTextAsync($"{TokenPath}.former", "{\"former\":[{}", TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<InvalidDataException>(StartAsync);

        Assert.Contains($"{TokenPath}.former", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"gateway":{"auth":{"token":"0f8e1c7ab2d34956"}}}""", "gateway.auth.token")]
    [InlineData("""{"gateway":{"auth":{"mode":"none"}}}""", "gateway.auth.mode")]
    public void A_token_that_is_not_the_gateways_own_is_not_rotated_and_the_remedy_is_named(string file, string named)
    {
        using var rotation = new TokenRotation(new SharedSecrets(Old, _time), TokenPath, new ConfigStore(ConfigFixture.Load(file)), _time);

        Assert.Contains(named, rotation.OwnerRefusal(), StringComparison.Ordinal);
    }

    private async Task<bool> CrashAtAsync(int step)
    {
        var steps = 0;
        using var rotation = new TokenRotation(new SharedSecrets(New, _time), TokenPath, new ConfigStore(ConfigFixture.Load()), _time, CrashInTime);
        await rotation.LoadAsync(TestContext.Current.CancellationToken);
        try
        {
            await rotation.RotateAsync(Newest, Hour, TestContext.Current.CancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        void CrashInTime(string name)
        {
            if (++steps == step)
            {
                throw new OperationCanceledException($"crash at {name}");
            }
        }
    }

    private async Task<(TokenRotation Rotation, SharedSecrets Secrets)> StartAsync()
    {
        await new DocumentFile(TokenPath, new DocumentOptions { Backups = 0 }).WriteAsync(Encoding.ASCII.GetBytes(Old + "\n"));
        return await RestartAsync();
    }

    private async Task<(TokenRotation Rotation, SharedSecrets Secrets)> RestartAsync()
    {
        var present = await TokenFile.ReadOrCreateAsync(TokenPath, TestContext.Current.CancellationToken);
        var secrets = new SharedSecrets(present, _time);
        var rotation = new TokenRotation(secrets, TokenPath, new ConfigStore(ConfigFixture.Load()), _time);
        await rotation.LoadAsync(TestContext.Current.CancellationToken);
        return (rotation, secrets);
    }
}

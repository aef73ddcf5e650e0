using System.Diagnostics;
using System.Text.Json;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Storage;

public sealed class InstanceLockTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_holder_is_told_to_whoever_comes_second()
    {
        using var folder = new TempFolder();
        var path = folder.File("state/gateway.lock");
        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out var before));
        using var _ = held;
        held.Describe("http://127.0.0.1:18789");

        var second = InstanceLock.TryAcquire(path, TimeProvider.System, out var none, out var holder);

        Assert.False(second);
        Assert.Null(before);
        Assert.Null(none);
        Assert.Equal((Environment.ProcessId, "http://127.0.0.1:18789"), (holder?.Pid, holder?.Url));
        var age = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - holder!.StartedAtMs;
        Assert.InRange(age, 0, 60_000);
    }

    [Fact]
    public void The_file_is_a_JSON_object_while_held_and_empty_afterwards()
    {
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");
        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out _));
        held.Describe("http://a.rather.long.name.example:18789/with/a/path");
        held.Describe("http://b");

        var text = ReadUnlocked(path);
        held.Dispose();
        held.Dispose();

        using var json = JsonDocument.Parse(text);
        Assert.Equal(["pid", "startedAtMs", "url"], json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(0, new FileInfo(path).Length);
        Assert.Null(InstanceLock.ReadHolder(path));
        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var again, out _));
        again.Dispose();
    }

    [Theory]
    [InlineData("""{"pid":999999,"startedAtMs":1,"url":"http://127.0.0.1:1"}""")]
    [InlineData("not JSON at all")]
    [InlineData("")]
    public void A_file_that_a_dead_process_left_is_no_obstacle(string left)
    {
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");
        File.WriteAllText(path, left);

        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out _));

        Assert.Equal(Environment.ProcessId, InstanceLock.ReadHolder(path)?.Pid);
        held.Dispose();
    }

    [Fact]
    public async Task Another_process_is_kept_out_while_the_lock_is_held_and_let_in_afterwards()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock(1) of util-linux is the other process.");
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");
        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out _));

        var during = await TryFlockAsync(path);
        held.Dispose();
        var after = await TryFlockAsync(path);

        Assert.Equal((1, 0), (during, after));
    }

    [Fact]
    public async Task The_death_of_the_holder_frees_the_lock()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock(1) of util-linux is the other process.");
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");
        const string Script = """printf '{"pid":%d,"startedAtMs":5,"url":null}' $$ > "$0"; echo ready; read line""";
        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--no-fork", "-n", path, "sh", "-c", Script, path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await other.StandardOutput.ReadLineAsync(Ct));

        var during = InstanceLock.TryAcquire(path, TimeProvider.System, out _, out var holder);
        other.Kill();
        await other.WaitForExitAsync(Ct);
        var after = InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out var _);
        held?.Dispose();

        Assert.Equal((false, true), (during, after));
        Assert.Equal(new LockHolder(other.Id, 5, null), holder);
    }

    [Fact]
    public async Task A_child_process_does_not_inherit_the_lock()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock(1) of util-linux is the other process.");
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");
        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out _));
        using var child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;

        held.Dispose();
        var free = await TryFlockAsync(path);
        child.StandardInput.Close();
        await child.WaitForExitAsync(Ct);

        Assert.Equal(0, free);
    }

    [Fact]
    public void The_lock_file_is_private()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        using var folder = new TempFolder();
        var path = folder.File("gateway.lock");

        Assert.True(InstanceLock.TryAcquire(path, TimeProvider.System, out var held, out _));

        held.Dispose();
#pragma warning disable CA1416 // Skipped on Windows above.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
#pragma warning restore CA1416
    }

    [Fact]
    public void A_path_that_cannot_be_locked_says_so()
    {
        using var folder = new TempFolder();

        Assert.ThrowsAny<Exception>(() => InstanceLock.TryAcquire(folder.Path, TimeProvider.System, out _, out _));
    }

    private static async Task<int> TryFlockAsync(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["-n", path, "true"]))!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    // .NET's own reader takes a shared lock and would be refused, which is why ReadHolder exists.
    private static string ReadUnlocked(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd();
    }
}

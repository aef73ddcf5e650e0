using System.Diagnostics;
using System.Text.Json.Nodes;
using Chela.Contracts.Tools;
using Chela.Gateway.Agents.Tools.Files;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Agents.Tools.Files;

/// <summary>No path leads out of a workspace, and nothing in it makes the gateway wait or grow.</summary>
[Trait("Requirement", "G3")]
public sealed class WorkspaceTests : IDisposable
{
    private readonly TempFolder _outside = new();
    private readonly TempFolder _workspace = new();

    public WorkspaceTests()
    {
        File.WriteAllText(_outside.File("secret.txt"), "secret");
        Directory.CreateDirectory(_workspace.File("inner"));
        File.WriteAllText(_workspace.File("inner/note.txt"), "inside");
        File.CreateSymbolicLink(_workspace.File("link.txt"), _outside.File("secret.txt"));
        Directory.CreateSymbolicLink(_workspace.File("out"), _outside.Path);
        Directory.CreateSymbolicLink(_workspace.File("inner/up"), "../..");
        File.CreateSymbolicLink(_workspace.File("same.txt"), _workspace.File("inner/note.txt"));
    }

    public static TheoryData<string> WaysOut =>
    [
        "../secret.txt", "inner/../../secret.txt", "..", "inner/..", "/etc/passwd", "/proc/self/environ", "//etc/passwd", "~/secret.txt",
        "link.txt", "out/secret.txt", "inner/up/secret.txt", "same.txt", "out", "inner/note.txt/x", "a\u0000b", "a\nb", new string('x', 300),
        "./../secret.txt", "inner/./../../x",
    ];

    [Theory]
    [MemberData(nameof(WaysOut))]
    public async Task No_path_leads_out(string path)
    {
        var edit = new JsonObject { ["path"] = path, ["oldText"] = "secret", ["newText"] = "changed" };

        Assert.DoesNotContain("secret\n", await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = path }, _workspace.Path));
        await Tool("fs.write").RefusedAsync(new JsonObject { ["path"] = path, ["content"] = "changed" }, _workspace.Path);
        await Tool("fs.edit").RefusedAsync(edit, _workspace.Path);
        await Tool("fs.list").RefusedAsync(new JsonObject { ["path"] = path }, _workspace.Path);
        await Tool("fs.search").RefusedAsync(new JsonObject { ["path"] = path, ["text"] = "secret" }, _workspace.Path);

        Assert.Equal("secret", await File.ReadAllTextAsync(_outside.File("secret.txt"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.EnumerateFileSystemEntries(_outside.Path));
    }

    [Fact]
    public async Task A_walk_does_not_follow_links()
    {
        var found = await Tool("fs.search").DoAsync(new JsonObject { ["text"] = "s" }, _workspace.Path);
        var listed = await Tool("fs.list").DoAsync(new JsonObject { ["depth"] = 9 }, _workspace.Path);

        Assert.Equal("inner/note.txt:1: inside", found.TrimEnd());
        Assert.Contains("out  (a link; not followed)", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret.txt", listed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_found_stays_what_it_was_when_its_name_becomes_a_link()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a path is checked before it is used.");
        using var folder = Workspace.Find(_workspace.Path, "inner");
        using var file = Workspace.Find(_workspace.Path, "inner/note.txt");
        Directory.Move(_workspace.File("inner"), _workspace.File("moved"));
        Directory.CreateSymbolicLink(_workspace.File("inner"), _outside.Path);
        File.WriteAllText(_outside.File("note.txt"), "outside");

        TextFile.Replace(folder, "new.txt", "inner/new.txt", "written");

        Assert.Equal("inside", TextFile.TryRead(file));
        Assert.False(File.Exists(_outside.File("new.txt")));
        Assert.Equal("written", File.ReadAllText(_workspace.File("moved/new.txt")));
    }

    [Fact]
    public async Task A_name_that_is_swapped_for_a_link_again_and_again_never_shows_what_is_outside()
    {
        using var end = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    Directory.Move(_workspace.File("inner"), _workspace.File("aside"));
                    InPlaceOfInner(() => Directory.CreateSymbolicLink(_workspace.File("inner"), _outside.Path));
                    Directory.Delete(_workspace.File("inner"));
                    InPlaceOfInner(() => Directory.Move(_workspace.File("aside"), _workspace.File("inner")));
                }
            },
            TestContext.Current.CancellationToken);

        for (var i = 0; i < 300; i++)
        {
            var read = await Tool("fs.read").CallAsync(new JsonObject { ["path"] = "inner/secret.txt" }, _workspace.Path);
            Assert.True(read.IsError, read.Text);
            await Tool("fs.write").CallAsync(new JsonObject { ["path"] = "inner/new.txt", ["content"] = "x" }, _workspace.Path);
        }

        await end.CancelAsync();
        await swapping;
        Assert.Equal(_outside.File("secret.txt"), Assert.Single(Directory.EnumerateFileSystemEntries(_outside.Path)));
    }

    [Fact]
    public async Task Pipes_and_devices_are_not_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Has no mkfifo.");
        await RunAsync("mkfifo", _workspace.File("pipe"));

        Assert.Contains("pipe", await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = "pipe" }, _workspace.Path), StringComparison.Ordinal);
        await Tool("fs.write").RefusedAsync(new JsonObject { ["path"] = "pipe", ["content"] = "x" }, _workspace.Path);
        await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = "zero" }, "/dev");
        Assert.Equal("No line was found.", await Tool("fs.search").DoAsync(new JsonObject { ["text"] = "x", ["glob"] = "pipe" }, _workspace.Path));
    }

    [Fact]
    public async Task What_is_no_text_or_too_large_is_refused()
    {
        await File.WriteAllBytesAsync(_workspace.File("zeros"), [1, 0, 2], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_workspace.File("latin1"), [(byte)'a', 0xE4], TestContext.Current.CancellationToken);
        await using (var sparse = File.Create(_workspace.File("huge")))
        {
            sparse.SetLength(100L * 1024 * 1024 * 1024);
        }

        Assert.Contains("no text", await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = "zeros" }, _workspace.Path), StringComparison.Ordinal);
        Assert.Contains("no text", await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = "latin1" }, _workspace.Path), StringComparison.Ordinal);
        Assert.Contains("bytes", await Tool("fs.read").RefusedAsync(new JsonObject { ["path"] = "huge" }, _workspace.Path), StringComparison.Ordinal);
        Assert.Contains("inner/note.txt", await Tool("fs.search").DoAsync(new JsonObject { ["text"] = "inside" }, _workspace.Path), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _outside.Dispose();
    }

    /// <summary>Puts something where the folder was; one that a write has made there meanwhile gives way.</summary>
    private void InPlaceOfInner(Action put)
    {
        while (true)
        {
            try
            {
                put();
                return;
            }
            catch (IOException)
            {
                Directory.Move(_workspace.File("inner"), _workspace.File(Guid.NewGuid().ToString("N")));
            }
        }
    }

    private static ITool Tool(string name) => FileTools.All.Single(tool => tool.Description.Name == name);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}

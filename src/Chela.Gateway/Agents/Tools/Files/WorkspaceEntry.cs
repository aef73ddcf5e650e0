using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Chela.Gateway.Agents.Tools.Files;

/// <summary>What stands at a place of a workspace.</summary>
internal enum EntryKind
{
    Nothing,
    File,
    Folder,

    /// <summary>A symbolic link. None is followed: it could lead out, or be turned to lead out while it is used.</summary>
    Link,

    /// <summary>A device, a pipe or a socket, which may never end or wait for ever.</summary>
    Special,
}

/// <summary>
/// A file or folder of a workspace, held by the kernel: what is done by its <see cref="Path"/> is done to this very one, even if its name or
/// a folder above is replaced by a link meanwhile. Where the system is not Linux the path is an ordinary one, checked before its use.
/// </summary>
internal sealed class WorkspaceEntry : IDisposable
{
    private readonly SafeFileHandle? _held;

    private WorkspaceEntry(string path, EntryKind kind, long size, SafeFileHandle? held) => (Path, Kind, Size, _held) = (path, kind, size, held);

    /// <summary>Where it can be opened.</summary>
    public string Path { get; }

    public EntryKind Kind { get; }

    /// <summary>The size of a file in bytes, when it was found.</summary>
    public long Size { get; }

    /// <summary>The folder at the root of a workspace; that one may be a link, for its owner has set it.</summary>
    public static WorkspaceEntry Root(string workspace) => Find(workspace, followsLink: true);

    /// <summary>What has this name in this folder.</summary>
    /// <param name="name">One step of a path, checked by <see cref="WorkspacePath"/> or read from the folder itself.</param>
    public WorkspaceEntry Child(string name) => Find(PathOf(name), followsLink: false);

    /// <summary>Where something of this name in this folder can be made, or replaced.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Opens the file that was found.</summary>
    public SafeFileHandle OpenRead() => File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public void Dispose() => _held?.Dispose();

    private static WorkspaceEntry Find(string path, bool followsLink)
    {
        if (!OperatingSystem.IsLinux())
        {
            return FindByName(path, followsLink);
        }

        if (LinuxFile.Hold(path, followsLink) is not { } held)
        {
            return new WorkspaceEntry(path, EntryKind.Nothing, 0, null);
        }

        var (kind, size) = LinuxFile.Look(held);
        return new WorkspaceEntry(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{held.DangerousGetHandle()}"), kind, size, held);
    }

    private static WorkspaceEntry FindByName(string path, bool followsLink)
    {
        var file = new FileInfo(path);
        var kind = !followsLink && file.LinkTarget is not null ? EntryKind.Link
            : Directory.Exists(path) ? EntryKind.Folder
            : !file.Exists ? EntryKind.Nothing
            : file.Attributes.HasFlag(FileAttributes.Device) ? EntryKind.Special
            : EntryKind.File;
        return new WorkspaceEntry(path, kind, kind == EntryKind.File ? file.Length : 0, null);
    }
}

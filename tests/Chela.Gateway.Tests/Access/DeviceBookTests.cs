using Chela.Contracts.Errors;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Storage;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>The list of devices has an end.</summary>
[Trait("Requirement", "A2")]
public sealed class DeviceBookTests
{
    [Fact]
    public void One_device_too_many_is_refused_with_the_remedy_and_those_that_are_there_can_still_change()
    {
        var full = DeviceBook.Empty with
        {
            Devices = DeviceBook.Empty.Devices.SetItems(Enumerable.Range(0, DeviceBook.MaxDevices).Select(number => KeyValuePair.Create($"d{number}", Device($"d{number}")))),
        };

        var refused = Assert.Throws<RpcException>(() => full.With(Device("one-more")));
        var changed = full.With(Device("d7") with { Label = "changed" });

        Assert.Equal(RpcErrorKind.TooMany, refused.Error.Kind);
        Assert.Contains("device.pair.remove", refused.Message, StringComparison.Ordinal);
        Assert.Equal("changed", changed.Devices["d7"].Label);
    }

    [Fact]
    public async Task A_device_that_connects_while_another_is_written_down_was_seen()
    {
        using var folder = new TempFolder();
        using var writing = new ManualResetEventSlim();
        using var proceed = new ManualResetEventSlim(initialState: true);
        var file = new DocumentFile(folder.File("devices.json"), new DocumentOptions
        {
            Step = step =>
            {
                if (step == StorageSteps.DocumentBeforeRename)
                {
                    writing.Set();
                    proceed.Wait(TestContext.Current.CancellationToken);
                }
            },
        });
        using var devices = new DeviceTable(file);
        await devices.ChangeAsync("d1", _ => Device("d1"), TestContext.Current.CancellationToken);
        writing.Reset();
        proceed.Reset();

        var change = Task.Run(() => devices.ChangeAsync("d2", _ => Device("d2"), TestContext.Current.CancellationToken));
        writing.Wait(TestContext.Current.CancellationToken);
        devices.Seen("d1", "operator", 5);
        proceed.Set();
        await change;

        Assert.Equal(5, devices.Find("d1")?.LastSeenAtMs);
        Assert.NotNull(devices.Find("d2"));
    }

    private static PairedDevice Device(string id) => new(id, "key", 0, 0);
}

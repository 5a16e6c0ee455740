using Replication.StateMachines;
using Replication.Storage.Files;

namespace Replication.Groups;

/// <summary>Work for the background worker, whose end is an item of the executor that asked for it.</summary>
internal abstract class BackgroundItem(IInbox home) : ExecutorItem
{
    private Exception? _error;

    /// <summary>Does the work and posts the item home; on the background worker.</summary>
    public void Run()
    {
        try
        {
            Work();
        }
        catch (Exception error)
        {
            // The top of the work: the executor that asked for it fails when the item comes home.
            _error = error;
        }

        home.Post(this);
    }

    public override void Deliver(GroupExecutor executor)
    {
        if (_error is not null)
        {
            throw new Errors.StorageFailedException($"{Name} failed: {_error.Message}", _error);
        }

        Completed(executor);
    }

    /// <summary>Gets what it is, for messages.</summary>
    protected abstract string Name { get; }

    protected abstract void Work();

    protected abstract void Completed(GroupExecutor executor);
}

/// <summary>Writes a checkpoint.</summary>
internal sealed class CheckpointItem(IInbox home, ReplicaGroup group, IBackgroundWork work) : BackgroundItem(home)
{
    protected override string Name => $"The checkpoint of group {group.Name}";

    protected override void Work() => work.Run();

    protected override void Completed(GroupExecutor executor)
    {
        work.Completed();
        group.CheckpointCompleted();
    }
}

/// <summary>Measures the free bytes of the disk.</summary>
internal sealed class FreeSpaceItem(IInbox home, IFileSystem files, long reserveBytes) : BackgroundItem(home)
{
    private long _freeBytes;

    protected override string Name => "Measuring the free space of the disk";

    protected override void Work() => _freeBytes = files.GetFreeBytes();

    protected override void Completed(GroupExecutor executor) => executor.FreeSpaceIs(_freeBytes, reserveBytes);
}

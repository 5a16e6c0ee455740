using System.Buffers;
using Replication.Raft.Primitives;
using Replication.StateMachines;
using Replication.Storage.Files;

namespace Replication.Storage.Snapshots;

/// <summary>A user's state machine with its checkpoints in snapshot files: restored when opened, written beside the
/// applies.</summary>
/// <remarks>
/// A checkpoint is written under another name, synced, renamed, its directory synced; only then do older files go. So
/// there is a whole
/// snapshot at every moment, and damage in the newest is damage to something that was durable: it is refused, and never
/// made up for by an older one, because the log before the newest may be gone.
/// </remarks>
internal sealed class SnapshotFileCheckpoints : ICheckpointedStateMachine
{
    private readonly IStateMachine _machine;
    private readonly IFileSystem _files;
    private readonly string _directory;
    private bool _isCapturing;

    /// <summary>Restores a machine from the newest snapshot, if there is one.</summary>
    /// <param name="machine">A fresh machine; owned from now on.</param>
    /// <param name="files">Where the snapshots are.</param>
    /// <param name="directory">Their directory; created if needed.</param>
    /// <exception cref="Errors.StorageCorruptedException">The newest snapshot is damaged.</exception>
    public SnapshotFileCheckpoints(IStateMachine machine, IFileSystem files, string directory)
    {
        _machine = machine;
        _files = files;
        _directory = directory;
        FilePath.CreateDurableDirectory(files, directory);
        RemoveUnfinished();
        string? newest = files.List(directory).LastOrDefault(SnapshotFileFormat.IsSnapshot);
        if (newest is not null)
        {
            Restore(FilePath.Combine(directory, newest));

            // A process that died after the rename may have left the name undurable, and older files, and log, are
            // given up behind it.
            files.SyncDirectory(directory);
            RemoveOthers(newest);
        }
    }

    /// <inheritdoc/>
    public LogId CheckpointId { get; private set; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> CheckpointAttachment { get; private set; }

    /// <inheritdoc/>
    public void Apply(in ApplyContext context, ReadOnlySpan<byte> command, IBufferWriter<byte> result) =>
        _machine.Apply(context, command, result);

    /// <inheritdoc/>
    public IBackgroundWork CaptureCheckpoint(LogId id, ReadOnlyMemory<byte> attachment)
    {
        if (_isCapturing)
        {
            throw new InvalidOperationException("A checkpoint is under way: at most one may be.");
        }

        IStateMachineSnapshot snapshot = _machine.CaptureSnapshot();
        _isCapturing = true;
        return new Writing(this, snapshot, id, attachment);
    }

    /// <inheritdoc/>
    public void Dispose() => (_machine as IDisposable)?.Dispose();

    private void Restore(string path)
    {
        using IFile file = _files.Open(path, FileOpenMode.Existing);
        using var reader = new SnapshotFileReader(file, path);
        _machine.RestoreSnapshot(reader);
        reader.CheckRest();
        CheckpointId = reader.Id;
        CheckpointAttachment = reader.Attachment;
    }

    private void RemoveUnfinished()
    {
        foreach (string name in _files.List(_directory))
        {
            if (SnapshotFileFormat.IsUnfinished(name))
            {
                _files.Delete(FilePath.Combine(_directory, name));
            }
        }
    }

    private void RemoveOthers(string newest)
    {
        bool isRemoved = false;
        foreach (string name in _files.List(_directory))
        {
            if (SnapshotFileFormat.IsSnapshot(name) && name != newest)
            {
                _files.Delete(FilePath.Combine(_directory, name));
                isRemoved = true;
            }
        }

        if (isRemoved)
        {
            _files.SyncDirectory(_directory);
        }
    }

    /// <summary>One checkpoint on its way to the disk.</summary>
    private sealed class Writing(
        SnapshotFileCheckpoints owner, IStateMachineSnapshot snapshot, LogId id, ReadOnlyMemory<byte> attachment)
        : IBackgroundWork
    {
        private volatile bool _isDone;
        private bool _isCompleted;

        public void Run()
        {
            string unfinished = FilePath.Combine(owner._directory, SnapshotFileFormat.UnfinishedNameOf(id));
            string finished = FilePath.Combine(owner._directory, SnapshotFileFormat.NameOf(id));
            owner._files.Delete(unfinished);
            using (IFile file = owner._files.Open(unfinished, FileOpenMode.New))
            using (var writer = new SnapshotFileWriter(file, id, attachment.Span))
            {
                snapshot.WriteTo(writer);
                writer.Finish();
            }

            owner._files.Rename(unfinished, finished);
            owner._files.SyncDirectory(owner._directory);
            owner.RemoveOthers(SnapshotFileFormat.NameOf(id));
            _isDone = true;
        }

        public void Completed()
        {
            if (!_isDone || _isCompleted)
            {
                throw new InvalidOperationException(
                    $"The checkpoint of entry {id} is completed once, after its work has run well.");
            }

            _isCompleted = true;
            snapshot.Dispose();
            owner.CheckpointId = id;
            owner.CheckpointAttachment = attachment;
            owner._isCapturing = false;
        }
    }
}

using Replication.Errors;
using Replication.Storage.Files;

namespace Replication.Testing.Disks;

/// <content>Open files.</content>
public sealed partial class SimulatedDisk
{
    private sealed class SimulatedFile(SimulatedDisk disk, string path, SimulatedContent content) : IFile
    {
        private readonly int _process = disk._process;
        private bool _disposed;

        public long Length => content.Bytes.Length;

        public int Read(long offset, Span<byte> destination)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ThrowIfDead();
            disk.Spend(disk.Latency.Read);
            disk.CheckRead(path, content, offset, destination.Length);
            return content.Bytes.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ThrowIfDead();
            disk.Spend(disk.Latency.Write);
            long before = Length;
            StorageFailedException? failure = disk.FailWrite(path, offset + source.Length - before, ref source);
            MarkDirty();
            content.Write(++disk.Position, offset, source);
            disk._usedBytes += Length - before;
            if (failure is not null)
            {
                throw failure;
            }
        }

        public void Sync()
        {
            ThrowIfDead();
            disk.Spend(disk.Latency.Sync);
            disk.Position++;
            if (disk.SyncWrongly(path, content))
            {
                return;
            }

            if (disk.DefersDurability)
            {
                content.Sync(disk.Position);
            }
            else if (content.IsListed)
            {
                content.Sync();
                content.IsListed = false;
                disk._dirty.Remove(content);
            }
        }

        public void DropCache()
        {
            ThrowIfDead();
            content.DropCache();
        }

        public void SetLength(long length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            ThrowIfDead();
            disk.Spend(disk.Latency.Write);
            long grown = length - Length;
            if (grown > 0 && disk._usedBytes + grown > disk.CapacityBytes)
            {
                throw disk.NoSpace("set the length of", path);
            }

            MarkDirty();
            content.SetLength(++disk.Position, length);
            disk._usedBytes += grown;
        }

        public void Dispose() => _disposed = true;

        private void MarkDirty()
        {
            if (!content.IsListed)
            {
                content.IsListed = true;
                disk._dirty.Add(content);
            }
        }

        private void ThrowIfDead() =>
            ObjectDisposedException.ThrowIf(_disposed || _process != disk._process, this);
    }
}

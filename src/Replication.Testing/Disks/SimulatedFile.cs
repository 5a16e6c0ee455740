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
            return content.Bytes.Read(offset, destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ThrowIfDead();
            long grown = Math.Max(0, offset + source.Length - Length);
            disk.CheckRoom("write", path, grown);
            MarkDirty();
            content.Write(++disk.Position, offset, source);
            disk._usedBytes += grown;
        }

        public void Sync()
        {
            ThrowIfDead();
            disk.Position++;
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

        public void SetLength(long length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            ThrowIfDead();
            long grown = length - Length;
            disk.CheckRoom("set the length of", path, grown);
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

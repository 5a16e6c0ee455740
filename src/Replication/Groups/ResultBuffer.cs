using System.Buffers;

namespace Replication.Groups;

/// <summary>Where state machines write results: slices of shared blocks, so that a small result costs its bytes and
/// nothing else.</summary>
internal sealed class ResultBuffer : IBufferWriter<byte>
{
    private const int BlockBytes = 16 * 1024;
    private byte[] _block = new byte[BlockBytes];
    private int _begin;
    private int _end;

    /// <summary>Begins a result; what was written since the last <see cref="Take"/> is void.</summary>
    public void Begin() => _end = _begin;

    /// <summary>Gets what was written since <see cref="Begin"/>; it is never written again.</summary>
    /// <returns>The result.</returns>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> result = _block.AsMemory(_begin, _end - _begin);
        _begin = _end;
        return result;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _block.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _block.AsSpan(_end);
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_block.Length - _end >= Math.Max(sizeHint, 1))
        {
            return;
        }

        int written = _end - _begin;
        byte[] larger = new byte[Math.Max(BlockBytes, checked((written + Math.Max(sizeHint, 1)) * 2))];
        _block.AsSpan(_begin, written).CopyTo(larger);
        _block = larger;
        _begin = 0;
        _end = written;
    }
}

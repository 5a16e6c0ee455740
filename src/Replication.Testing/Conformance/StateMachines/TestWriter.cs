using System.Buffers;

namespace Replication.Testing.Conformance.StateMachines;

/// <summary>A buffer whose bytes hold something before they are written.</summary>
internal sealed class TestWriter(byte filling) : IBufferWriter<byte>
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Advance(int count)
    {
        Expect.That(count >= 0 && _length + count <= _bytes.Length, $"Advance({count}) goes beyond what was given.");
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        // More than was asked for, and never what was given before.
        byte[] bytes = new byte[_length + Math.Max(1, sizeHint) + 64];
        bytes.AsSpan().Fill(filling);
        Written.CopyTo(bytes);
        _bytes = bytes;
        return bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}

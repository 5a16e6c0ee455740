namespace Replication.Testing.Simulation.Randomness;

/// <summary>Logarithm and power from additions, multiplications and divisions alone: IEEE 754 says what each of them
/// gives to the last bit, so that a seed gives the same run on every processor.</summary>
/// <remarks><see cref="Math.Log(double)"/> and <see cref="Math.Pow"/> are the C library's, which takes another way on
/// processors with fused multiplication: the last bit may differ, and a run with it.</remarks>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232;
    private const double SqrtHalf = 0.707106781186547524400844;
    private const int ExponentBias = 1023;
    private const int MantissaBits = 52;

    /// <summary>Gets the natural logarithm of a positive, normal number, to a relative error below 1e-15.</summary>
    public static double Log(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> MantissaBits) - ExponentBias + 1;
        double mantissa = BitConverter.Int64BitsToDouble(
            (bits & ((1L << MantissaBits) - 1)) | ((ExponentBias - 1L) << MantissaBits));
        if (mantissa < SqrtHalf)
        {
            mantissa *= 2;
            exponent--;
        }

        // ln m = 2 artanh((m - 1) / (m + 1)), where the argument is at most 0.172.
        double s = (mantissa - 1) / (mantissa + 1);
        double q = s * s;
        double series = 1 + (q * ((1.0 / 3) + (q * ((1.0 / 5) + (q * ((1.0 / 7) + (q * ((1.0 / 9) + (q * ((1.0 / 11)
            + (q * ((1.0 / 13) + (q * ((1.0 / 15) + (q * ((1.0 / 17) + (q * (1.0 / 19))))))))))))))))));
        return (exponent * Ln2) + (2 * s * series);
    }

    /// <summary>Gets a positive number to a power, to a relative error below 1e-13 for results within 2^-64 to
    /// 2^64.</summary>
    public static double Pow(double value, double exponent)
    {
        double ln = exponent * Log(value);
        long twos = (long)Math.Round(ln / Ln2);
        double rest = ln - (twos * Ln2);
        double sum = 1;
        for (int i = 16; i > 0; i--)
        {
            sum = 1 + (rest * sum / i);
        }

        return sum * BitConverter.Int64BitsToDouble((twos + ExponentBias) << MantissaBits);
    }
}
